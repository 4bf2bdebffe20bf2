import { useWasm } from "@unroll/wasm";
import * as fc from "fast-check";
import { beforeAll, expect, it } from "vitest";

import { compareEngines } from "../fixtures/compare-engines.js";
import { buildStep, randomStep } from "../fixtures/random-step.js";

beforeAll(async () => {
  await useWasm();
});

it("gives what the tape gives for 2,000 random cells", () => {
  fc.assert(
    fc.property(
      randomStep,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      (recipe, batch, time, reverse) => {
        const { step, sizes, text } = buildStep(recipe);
        for (const [name, difference] of Object.entries(compareEngines(step, sizes, { batch, time, reverse }))) {
          expect(difference, `${name} of\n${text}`).toBeLessThan(2e-6);
        }
      },
    ),
    { numRuns: 2000, seed: 20_261_124 },
  );
}, 300_000);
