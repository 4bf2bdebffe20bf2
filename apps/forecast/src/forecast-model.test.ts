import { gru } from "@unroll/cells";
import { fromTypedArray } from "@unroll/tensor";
import { expect, it } from "vitest";

import { ForecastModel } from "./forecast-model.js";

const model = new ForecastModel({
  ...{ cell: gru, hidden: 4, layers: 1, season: 3, horizon: 5, rowsPerStep: 3 },
  inputNames: ["y", "y@4", "dayOfWeek.sin"],
  inTargetUnit: (name) => name.startsWith("y"),
}).initialize({ seed: 2 });
const run = (shift: number): number[] =>
  Array.from(
    model
      .forward(
        fromTypedArray(
          Float32Array.from({ length: 2 * 6 * 3 }, (_, i) => (i % 7) + (i % 3 === 2 ? 0 : shift)),
          [2, 6, 3],
        ),
      )
      .toTypedArray(),
  );

it("follows the level of what it reads", () => {
  run(0).forEach((value, index) => expect(run(64)[index]).toBeCloseTo(value + 64, 4));
});

it("repeats the last season where the head adds nothing", () => {
  const silent = Object.fromEntries(
    Object.entries(model.stateDict()).map(([name, value]) => [name, name.startsWith("head") ? value.mul(0) : value]),
  );
  model.loadStateDict(silent);
  expect(run(0).slice(0, 5)).toEqual([2, 5, 1, 2, 5]);
});
