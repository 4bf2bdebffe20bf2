import { useWasm } from "@unroll/wasm";
import * as fc from "fast-check";
import { beforeAll, expect, it } from "vitest";

import { compareEngines, layouts, type Layout } from "../fixtures/compare-engines.js";
import { buildStep, randomStep } from "../fixtures/random-step.js";

const layoutNames = Object.keys(layouts) as Layout[];

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
      fc.constantFrom(...layoutNames),
      (recipe, batch, time, reverse, layout) => {
        const { step, sizes, text } = buildStep(recipe);
        for (const [name, difference] of Object.entries(compareEngines(step, sizes, { batch, time, reverse, layout }))) {
          expect(difference, `${name} of\n${text}`).toBeLessThan(2e-6);
        }
      },
    ),
    { numRuns: 2000, seed: 20_261_124 },
  );
}, 300_000);
