import { referenceBackend, setBackend, type Backend } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import * as fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";

import { compareEngines, gradientsOf, layouts, type Layout } from "../../fixtures/compare-engines.js";
import { gatedStep } from "../../fixtures/known-steps.js";
import { buildStep, randomStep } from "../../fixtures/random-step.js";

// A backend whose page has come to forbid compiling WebAssembly since it was made.
async function forbiddenWasm(): Promise<Backend> {
  const backend = await useWasm();
  vi.spyOn(backend.programs, "link").mockImplementation(() => {
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
    fc.assert(
      fc.property(
        randomStep,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.constantFrom(...(Object.keys(layouts) as Layout[])),
        (recipe, batch, time, reverse, layout) => {
          const { step, sizes, text } = buildStep(recipe);
          for (const [name, difference] of Object.entries(compareEngines(step, sizes, { batch, time, reverse, layout }))) {
            expect(difference, `${name} of\n${text}`).toBeLessThan(2e-6);
          }
        },
      ),
      { numRuns: 1000, seed: 20_261_128 },
    );
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
