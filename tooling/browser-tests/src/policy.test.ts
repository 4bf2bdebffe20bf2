import { gru, lstm, rnn, unroll, type Unrolled } from "@unroll/cells";
import { differentiate } from "@unroll/nn";
import { createGenerator, normal, referenceBackend, setBackend, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { afterAll, expect, it, vi } from "vitest";

afterAll(() => {
  setBackend(referenceBackend);
});

function gradientsOf(layer: Unrolled, x: Tensor): number[] {
  const { loss, gradients } = differentiate(layer, () => layer.forward(x).output.sin().sum());
  return [loss, ...Object.values(gradients)].flatMap((gradient) => Array.from(gradient.toTypedArray()));
}

// A policy only ever becomes stricter, so that this file has a page of its own.
it("runs as planned on the kernels in a page that comes to forbid compiling, and says so once", async () => {
  await useWasm();
  const x = normal([2, 5, 3], { generator: createGenerator(1) });
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const compiled = unroll(lstm, { inputSize: 3, hiddenSize: 4 }).initialize({ seed: 1 });
  const before = gradientsOf(compiled, x);
  expect(warn).not.toHaveBeenCalled();

  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "script-src 'self' 'unsafe-inline'";
  document.head.append(policy);

  // What was compiled before goes on.
  expect(gradientsOf(compiled, x)).toEqual(before);
  expect(warn).not.toHaveBeenCalled();
  for (const cell of [gru, rnn]) {
    const [planned, stepwise] = (["compiled", "tape"] as const).map((engine) =>
      gradientsOf(unroll(cell, { inputSize: 3, hiddenSize: 4, engine }).initialize({ seed: 1 }), x),
    ) as [number[], number[]];
    planned.forEach((value, index) => expect(value).toBeCloseTo(stepwise[index] as number, 5));
  }
  expect(warn.mock.calls).toHaveLength(1);
  expect(warn.mock.calls[0]?.[0]).toMatch(/^gru: this page's policy forbids to compile WebAssembly .*'wasm-unsafe-eval'/);
  warn.mockRestore();
  await expect(useWasm()).rejects.toThrow(/useWasm: this page's policy forbids to compile WebAssembly/);
});
