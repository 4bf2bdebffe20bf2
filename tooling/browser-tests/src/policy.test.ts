import { gru, lstm, unroll, type Cell } from "@unroll/cells";
import { differentiate } from "@unroll/nn";
import { createGenerator, normal, referenceBackend, setBackend, withBackend, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { afterAll, expect, it, vi } from "vitest";

afterAll(() => {
  setBackend(referenceBackend);
});

const outputOf = (cell: Cell, x: Tensor): number[] =>
  Array.from(unroll(cell, { inputSize: 3, hiddenSize: 4 }).initialize({ seed: 1 }).forward(x).output.toTypedArray());

// A policy only ever becomes stricter, so that this file has a page of its own.
it("runs on the kernels, step by step, in a page that forbids to compile more, and says so", async () => {
  await useWasm();
  const x = normal([2, 5, 3], { generator: createGenerator(1) });
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  outputOf(lstm, x);
  expect(warn).not.toHaveBeenCalled();

  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "script-src 'self' 'unsafe-inline'";
  document.head.append(policy);

  const output = outputOf(gru, x);
  const expected = withBackend(referenceBackend, () => outputOf(gru, normal([2, 5, 3], { generator: createGenerator(1) })));
  output.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 5));
  outputOf(gru, x);
  expect(warn.mock.calls).toHaveLength(1);
  expect(warn.mock.calls[0]?.[0]).toMatch(/^gru: this page's policy forbids to compile WebAssembly .*'wasm-unsafe-eval'/);
  // What was compiled before goes on; what a gradient needs beyond that was not.
  outputOf(lstm, x);
  const layer = unroll(lstm, { inputSize: 3, hiddenSize: 4 }).initialize({ seed: 1 });
  const { gradients } = differentiate(layer, () => layer.forward(x).output.sum());
  expect(Object.values(gradients).every((gradient) => gradient.abs().sum().item() > 0)).toBe(true);
  expect(warn.mock.calls).toHaveLength(2);
  warn.mockRestore();
  await expect(useWasm()).rejects.toThrow(/useWasm: this page's policy forbids to compile WebAssembly/);
});
