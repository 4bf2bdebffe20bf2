import { seriesFromColumns } from "@unroll/data";
import { expect, it } from "vitest";

import { extendSeries, futureTimes } from "./extend-series.js";

it("goes on by the step of the series, months of any length included", () => {
  const monthly = seriesFromColumns({ y: [1, 2, 3] }, { times: ["1999-11-01", "1999-12-01", "2000-01-01"] });
  expect(Array.from(futureTimes(monthly, 2) ?? [], (time) => new Date(time).toISOString().slice(0, 10))).toEqual([
    "2000-02-01",
    "2000-03-01",
  ]);
  const longer = extendSeries(monthly, 2);
  expect([longer.length, longer.segments, [...longer.values("y")]]).toEqual([5, [{ start: 0, end: 5 }], [1, 2, 3, 3, 3]]);
  expect(futureTimes(seriesFromColumns({ y: [1] }), 3)).toBeUndefined();
});
