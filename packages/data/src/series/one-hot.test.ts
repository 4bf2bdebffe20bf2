import { expect, it } from "vitest";

import { fillMissing, fitScaler, oneHot, resample, seriesFromColumns, seriesFromRows, standard, trainOnAll } from "../index.js";

const rows = [
  { day: "2000-01-01", sky: "grey", y: 1 },
  { day: "2000-01-02", sky: "blue", y: 2 },
  { day: "2000-01-03", sky: null, y: 3 },
  { day: "2000-01-04", sky: "grey", y: 4 },
];
const series = seriesFromRows(rows, { time: "day", columns: { sky: "category", y: "number" }, missing: "mask" });

it("makes a column of each category, and of their shares when resampled", () => {
  const hot = oneHot(series, "sky");
  expect(hot.columns).toEqual(["sky=grey", "sky=blue", "y"]);
  expect([...hot.values("sky=grey")]).toEqual([1, 0, NaN, 1]);
  expect([...hot.values("sky=blue")]).toEqual([0, 1, NaN, 0]);
  expect(hot.categories("sky=grey")).toBeUndefined();
  expect([...resample(hot, { step: "month" }).values("sky=grey")]).toEqual([2 / 3]);
  expect(() => oneHot(series, "y")).toThrow("oneHot: needs a column of categories, got the quantities of y");
});

it("keeps the categories of a part, and never mixes them as if they were quantities", () => {
  expect(series.slice(1, 3).categories("sky")).toEqual(["grey", "blue"]);
  expect([...fillMissing(series, "forwardFill").values("sky")]).toEqual([0, 1, 1, 0]);
  expect([...resample(series, { step: "month", aggregate: "last" }).values("sky")]).toEqual([0]);
  expect(() => fillMissing(series, "interpolate")).toThrow('sky holds categories, which missing: "interpolate" cannot mix');
  expect(() => resample(series, { step: "month" })).toThrow('sky holds categories, which aggregate: "mean" cannot mix');
  const twice = { times: [0, 0], duplicates: "mean", categories: { sky: ["grey", "blue"] } } as const;
  expect(() => seriesFromColumns({ sky: [0, 1] }, twice)).toThrow('sky holds categories, which duplicates: "mean" cannot mix');
  const filled = fillMissing(series, "forwardFill");
  expect(fitScaler(trainOnAll(filled), standard()).columns).toEqual(["y"]);
});
