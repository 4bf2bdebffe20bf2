import { Tape } from "@unroll/autograd";
import { createGenerator, normal, referenceBackend, setBackend, zeros, type Backend } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { afterEach, expect, it, vi } from "vitest";

import { gradientsOf } from "../../fixtures/compare-engines.js";
import { fuzzEngines } from "../../fixtures/fuzz-engines.js";
import { gatedStep } from "../../fixtures/known-steps.js";
import { compileStep } from "../compiled-step.js";
import { mapValues } from "../map-values.js";

// A backend whose page has come to forbid compiling WebAssembly since it was made.
async function forbiddenWasm(): Promise<Backend> {
  const backend = await useWasm();
  vi.spyOn(WebAssembly, "Module").mockImplementation(function forbid(): never {
    throw new WebAssembly.CompileError("violates the policy");
  });
  return backend;
}

afterEach(() => {
  vi.restoreAllMocks();
  setBackend(referenceBackend);
});

it.each<[string, () => Promise<Backend>]>([
  ["the reference backend", () => Promise.resolve(referenceBackend)],
  ["a backend that may compile no programs", forbiddenWasm],
])(
  "gives what the tape gives for random cells, on %s",
  async (_, make) => {
    setBackend(await make());
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    fuzzEngines({ numRuns: 1000, seed: 20_261_128 });
  },
  300_000,
);

it("gives the bits of the program, and says once why there is none", async () => {
  const { step, sizes } = gatedStep(7, 20);
  const extents = { batch: 5, time: 9 };
  await useWasm();
  const expected = gradientsOf(step, sizes, extents);
  await forbiddenWasm();
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  expect(gradientsOf(step, sizes, extents)).toEqual(expected);
  gradientsOf(gatedStep(3, 4).step, gatedStep(3, 4).sizes, extents);
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^gated: this page's policy forbids to compile WebAssembly \(violates the policy\); allow 'wasm-unsafe-eval'/,
      ),
    ],
  ]);
});

it("does not take a program that is wrong for one that is forbidden", async () => {
  const backend = await useWasm();
  vi.spyOn(backend.programs, "link").mockImplementation(() => {
    throw new WebAssembly.CompileError("function 3 is wrong");
  });
  const { step, sizes } = gatedStep(2, 3);
  expect(() => gradientsOf(step, sizes, { batch: 2, time: 2 })).toThrow("function 3 is wrong");
});

it("makes what belongs to a loop on its own backend, though another one be selected when gradients are asked for", async () => {
  const { step, sizes } = gatedStep(7, 20);
  const compiled = compileStep(step, sizes);
  const generator = createGenerator(1);
  const weights = mapValues(sizes.weights, (shape) => normal(shape, { generator, deviation: 0.3 }));
  const x = normal([5, 9, 7], { generator });
  const state = mapValues(sizes.state, (size) => zeros([5, size]));
  const gradientsAfter = async (backends: readonly (() => Promise<Backend>)[]): Promise<number[][]> => {
    const tape = new Tape();
    const variables = mapValues(weights, (weight) => tape.variable(weight));
    const [first, second] = backends as [() => Promise<Backend>, () => Promise<Backend>];
    setBackend(await first());
    const loss = compiled.run({ weights: variables, rows: {}, steps: { x }, state }).output.square().sum();
    setBackend(await second());
    return tape.gradients(loss, Object.values(variables)).map((gradient) => Array.from(gradient.toTypedArray()));
  };
  const [plain, wasm] = [(): Promise<Backend> => Promise.resolve(referenceBackend), useWasm];
  const expected = await gradientsAfter([plain, plain]);
  for (const backends of [
    [plain, wasm],
    [wasm, plain],
    [wasm, wasm],
  ]) {
    const found = await gradientsAfter(backends);
    found.forEach((gradient, index) =>
      gradient.forEach((value, at) => expect(value).toBeCloseTo(expected[index]?.[at] as number, 3)),
    );
  }
});
