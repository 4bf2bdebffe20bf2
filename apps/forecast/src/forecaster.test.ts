import { expect, it } from "vitest";

import { latestOf, type Forecaster } from "./forecaster.js";

const saying = (value: number): Forecaster => ({
  name: "gru",
  kind: "cell",
  seconds: 2,
  forecast: (origins) => origins.map((origin) => Float64Array.of(value, origin)),
});

it("forecasts from each origin with the latest fit made before it", () => {
  const forecaster = latestOf([10, 20, 30].map((from) => ({ from, forecaster: saying(from) })));
  expect(forecaster.forecast([25, 3, 30, 10, 19, 20]).map((values) => [...values])).toEqual([
    [20, 25],
    [10, 3],
    [30, 30],
    [10, 10],
    [10, 19],
    [20, 20],
  ]);
  expect([forecaster.name, forecaster.seconds]).toEqual(["gru", 6]);
});
