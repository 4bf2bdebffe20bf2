import { createGenerator, normal, scope, zeros } from "@unroll/tensor";
import { useWasm, type WasmBackend } from "@unroll/wasm";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";

import { compareEngines } from "../../fixtures/compare-engines.js";
import { gatedStep } from "../../fixtures/known-steps.js";
import { compileStep } from "../compiled-step.js";
import { mapValues } from "../map-values.js";
import { chunkOf, chunksOf, streamedBuffers } from "./chunks.js";

let wasm: WasmBackend;
beforeAll(async () => {
  wasm = await useWasm();
});

const { step, sizes } = gatedStep(16, 64);
const long = { batch: 8, time: 400 };

it("chunks hold every step once, in the order of reading", () => {
  const extents = fc.record({ time: fc.integer({ min: 1, max: 300 }), chunk: fc.integer({ min: 1, max: 400 }) });
  fc.assert(
    fc.property(extents, fc.boolean(), ({ time, chunk }, backward) => {
      const chunks = chunksOf(time, chunk, backward);
      const steps = chunks.flatMap(([from, to]) =>
        Array.from({ length: to - from }, (_, index) => (backward ? to - 1 - index : from + index)),
      );
      expect(steps).toEqual(Array.from({ length: time }, (_, index) => (backward ? time - 1 - index : index)));
    }),
  );
});

it.each([false, true])("a sequence of several chunks equals the tape, reversed: %s", (reverse) => {
  const { plan } = compileStep(step, sizes).plans.training.forward;
  expect(chunksOf(long.time, chunkOf(plan, long), false).length).toBeGreaterThan(2);
  for (const [name, difference] of Object.entries(compareEngines(step, sizes, { ...long, deviation: 0.1, reverse }))) {
    expect(difference, name).toBeLessThanOrEqual(1e-6);
  }
});

it("without a gradient, input projections take the memory of one chunk", () => {
  const compiled = compileStep(step, sizes);
  expect(streamedBuffers(compiled.plans.inference.plan).size).toBe(1);
  expect(streamedBuffers(compiled.plans.training.forward.plan).size).toBe(0);
  const generator = createGenerator(1);
  const weights = mapValues(sizes.weights, (shape) => normal(shape, { generator, deviation: 0.1 }));
  const time = 1600;
  const x = normal([long.batch, time, 16], { generator });
  const state = { h: zeros([long.batch, 64]), c: zeros([long.batch, 64]) };
  scope(() => {
    const { bytesInUse } = wasm.stats();
    wasm.resetPeak();
    const { output } = compiled.run({ weights, rows: {}, steps: { x }, state });
    // The projections of all steps are four times as wide as the output.
    expect(wasm.stats().peakBytesInUse - bytesInUse).toBeLessThan(2 * output.size * 4);
  });
});
