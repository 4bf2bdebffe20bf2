import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { durations, fillMissing, resample, seriesFromAsyncRows, seriesFromColumns, seriesFromRows } from "../index.js";

const day = 86_400_000;
const { day: daily, month } = durations;

describe("times", () => {
  it("finds daily, hourly and monthly steps and the gaps between", () => {
    const times = [0, 1, 2, 5, 6].map((n) => n * day);
    const series = seriesFromColumns({ y: [1, 2, 3, 4, 5] }, { times });
    expect(series.frequency).toEqual(daily);
    expect(series.segments).toEqual([
      { start: 0, end: 3 },
      { start: 3, end: 5 },
    ]);
    const monthly = ["1958-03-01", "1958-04-01", "1958-05-01", "1958-06-01", "1958-08-01", "1958-09-01"];
    const co2 = seriesFromColumns({ y: monthly.map((_, i) => i) }, { times: monthly });
    expect(co2.frequency).toEqual(month);
    expect(co2.segments.map(({ start, end }) => [start, end])).toEqual([
      [0, 4],
      [4, 6],
    ]);
    expect(seriesFromColumns({ y: [1, 2, 3] }, { times: ["1969", "1970", "1971"] }).frequency).toEqual(durations.year);
    expect(seriesFromColumns({ y: [1, 2, 3, 4] }, { times: [0, 1, 2.5, 9] }).frequency).toBeUndefined();
    expect(seriesFromColumns({ y: [1, 2] }).times).toBeUndefined();
  });

  it("reads dates as UTC and refuses what is none", () => {
    const read = (time: string): number => seriesFromColumns({ y: [1] }, { times: [time] }).times?.[0] as number;
    expect(read("2012/1/5")).toBe(Date.UTC(2012, 0, 5));
    expect(read("2012-01-05 06:30")).toBe(Date.UTC(2012, 0, 5, 6, 30));
    expect(read("2012-01-05T06:30:15.5+0200")).toBe(Date.UTC(2012, 0, 5, 4, 30, 15, 500));
    for (const bad of ["5.1.2012", "2012-13-01", "2012-02-30", "soon", ""])
      expect(() => read(bad)).toThrow("none that can be read in row 1");
  });

  it("names rows out of order or repeated, and mends them when told to", () => {
    const make = (times: string[], options: object = {}): number[] => [
      ...seriesFromColumns({ y: times.map((_, i) => i) }, { times, ...options }).values("y"),
    ];
    const shuffled = ["2000-01-01", "2000-01-03", "2000-01-02"];
    expect(() => make(shuffled)).toThrow(
      'times must increase, got row 3 (2000-01-02) after row 2 (2000-01-03); sort the rows, or pass order: "sort"',
    );
    expect(make(shuffled, { order: "sort" })).toEqual([0, 2, 1]);
    const repeated = ["2000-01-01", "2000-01-02", "2000-01-02"];
    expect(() => make(repeated)).toThrow(
      'times must differ, got row 3 (2000-01-02) after row 2 (2000-01-02); pass duplicates: "first", "last" or "mean"',
    );
    expect(make(repeated, { duplicates: "first" })).toEqual([0, 1]);
    expect(make(repeated, { duplicates: "last" })).toEqual([0, 2]);
    expect(make(repeated, { duplicates: "mean" })).toEqual([0, 1.5]);
  });
});

describe("missing values", () => {
  const times = [0, 1, 2, 3, 4].map((n) => n * day);
  const columns = { y: [1, null, NaN, 4, 5], z: [0, 0, 0, 0, 0] };

  it("are named by row and time", () => {
    expect(() => seriesFromColumns(columns, { times })).toThrow(
      'y: every value must be there, got none in row 2 (1970-01-02), row 3 (1970-01-03); choose missing: "drop", "forwardFill", "interpolate" or "mask"',
    );
    expect(() => seriesFromColumns({ y: [null, null, null, null, null] })).toThrow("row 1, row 2, row 3 and 2 more");
  });

  it("are filled, dropped or kept", () => {
    const series = seriesFromColumns(columns, { times, missing: "mask" });
    expect([...series.values("y")]).toEqual([1, NaN, NaN, 4, 5]);
    expect([...fillMissing(series, "forwardFill").values("y")]).toEqual([1, 1, 1, 4, 5]);
    expect([...fillMissing(series, { y: "interpolate" }).values("y")]).toEqual([1, 2, 3, 4, 5]);
    const dropped = fillMissing(series, "drop");
    expect([...dropped.values("y")]).toEqual([1, 4, 5]);
    expect([...dropped.values("z")]).toEqual([0, 0, 0]);
    expect([...(dropped.times ?? [])]).toEqual([0, 3 * day, 4 * day]);
    expect(dropped.segments).toEqual([
      { start: 0, end: 1 },
      { start: 1, end: 3 },
    ]);
    expect([...series.values("y")]).toEqual([1, NaN, NaN, 4, 5]);
  });

  it("are interpolated by time", () => {
    expect([...seriesFromColumns({ y: [0, null, 10] }, { times: [0, 1, 10], missing: "interpolate" }).values("y")]).toEqual([
      0, 1, 10,
    ]);
  });

  it("are not filled from across a gap, nor from the other side of a split", () => {
    const gap = seriesFromColumns({ y: [1, 2, null, 4] }, { times: [0, 1, 5, 6], missing: "mask" });
    expect(() => fillMissing(gap, "forwardFill")).toThrow("got none before row 3");
    const split = seriesFromColumns({ y: [1, null, 3, null] }, { missing: "mask" });
    expect(() => fillMissing(split.slice(0, 2), "interpolate")).toThrow("got none after row 2");
    expect(() => fillMissing(split.slice(3), "forwardFill")).toThrow("got none before row 4");
  });
});

describe("columns", () => {
  it("are copies of what was passed", () => {
    const y = Float64Array.of(1, 2, 3);
    const times = Float64Array.of(0, 1, 2);
    const series = seriesFromColumns({ y }, { times });
    y[0] = 99;
    times[0] = 99;
    expect([...series.values("y"), ...(series.times ?? [])]).toEqual([1, 2, 3, 0, 1, 2]);
  });

  it("hold finite values only", () => {
    for (const bad of [Infinity, -Infinity])
      for (const y of [[1, bad], Float64Array.of(1, bad)])
        expect(() => seriesFromColumns({ x: [0, 0], y })).toThrow(
          expect.objectContaining({
            code: "column",
            message: `seriesFromColumns: values must be finite numbers, got ${bad} in row 2 of y; convert it, or give null where a value is missing`,
          }),
        );
    expect(() => seriesFromRows([{ y: 1 }, { y: Infinity }])).toThrow("got Infinity in row 2 of y");
  });

  it("may have any name", () => {
    const series = seriesFromColumns({ ["__proto__"]: [1, NaN], constructor: [3, 4] }, { missing: { ["__proto__"]: "mask" } });
    expect(series.columns).toEqual(["__proto__", "constructor"]);
    expect([...fillMissing(series, { ["__proto__"]: "forwardFill" }).values("__proto__")]).toEqual([1, 1]);
  });
});

describe("rows", () => {
  it("become columns, with text read as numbers", () => {
    const rows = [
      { day: "2000-01-01", site: "a", y: "1.5", wet: true },
      { day: "2000-01-02", site: "b", y: "NA", wet: false },
    ];
    const series = seriesFromRows(rows, { time: "day", missing: "mask" });
    expect(series.columns).toEqual(["y", "wet"]);
    expect([...series.values("y")]).toEqual([1.5, NaN]);
    expect([...series.values("wet")]).toEqual([1, 0]);
    expect(() => series.values("site")).toThrow("columns are y, wet, got site");
    expect(() => seriesFromRows(rows, { columns: ["site"] })).toThrow('site holds "a" in row 1');
    expect(() => seriesFromRows(rows, { columns: ["births"] })).toThrow("columns are day, site, y, wet, got births");
    expect(() => seriesFromRows(rows, { time: "site" })).toThrow(
      "site must hold a Date, milliseconds or text such as 1969-01-31",
    );
    expect(() => seriesFromRows([{ site: "a" }])).toThrow('needs a numeric column, but site holds "a" in row 1');
    expect(() => seriesFromRows([])).toThrow("at least one row");
  });

  it("may arrive over time", async () => {
    async function* rows(): AsyncGenerator<Record<string, number>> {
      for (let t = 0; t < 5000; t++) yield await Promise.resolve({ t, y: t * t });
    }
    const series = await seriesFromAsyncRows(rows(), { time: "t" });
    expect(series.length).toBe(5000);
    expect(series.values("y")[4999]).toBe(4999 ** 2);
  });
});

describe("resample", () => {
  it("aggregates into months, and leaves empty ones missing", () => {
    const times = ["2000-01-05", "2000-01-20", "2000-03-31", "2000-04-01"];
    const series = seriesFromColumns({ y: [1, 3, 10, 20] }, { times });
    expect(series.frequency).toBeUndefined();
    const resampled = (aggregate: "mean" | "sum" | "last"): number[] => [
      ...resample(series, { step: "month", aggregate }).values("y"),
    ];
    expect(resampled("mean")).toEqual([2, NaN, 10, 20]);
    expect(resampled("sum")).toEqual([4, NaN, 10, 20]);
    expect(resampled("last")).toEqual([3, NaN, 10, 20]);
    expect([...(resample(series, { step: "month" }).times ?? [])]).toEqual([0, 1, 2, 3].map((m) => Date.UTC(2000, m)));
    const weekly = resample(series, { step: "week" });
    expect(weekly.times?.every((time) => new Date(time).getUTCDay() === 1)).toBe(true);
    expect(() => resample(seriesFromColumns({ y: [1] }), { step: "day" })).toThrow("needs a series with times");
  });

  it("keeps the sum of everything", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1 }),
        fc.constantFrom("day", "week", "month"),
        (days, step) => {
          const times = days.sort((a, b) => a - b).map((n) => n * day + 3);
          const series = seriesFromColumns({ y: days.map(() => 1) }, { times });
          const result = resample(series, { step, aggregate: "sum" });
          const total = result.values("y").reduce((sum, x) => sum + (Number.isNaN(x) ? 0 : x), 0);
          expect(total).toBe(days.length);
          expect(result.segments).toEqual([{ start: 0, end: result.length }]);
        },
      ),
    );
  });
});
