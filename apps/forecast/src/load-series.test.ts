import { describe, expect, it, vi } from "vitest";

import { chooseColumns } from "./choose-columns.js";
import { asUserError, loadSeries } from "./load-series.js";
import { parseTable } from "./table.js";

const defaults = { features: [], missing: "error", sort: false, duplicates: "error" } as const;

function load(text: string, options: Partial<Parameters<typeof loadSeries>[2]> & { target?: string; time?: string } = {}) {
  const table = parseTable(text, "data.csv");
  try {
    return loadSeries(table, chooseColumns(table, options), { ...defaults, ...options });
  } catch (error) {
    throw asUserError("data.csv", error);
  }
}

const rows = (...lines: string[]): string => ["day,shop,sold", ...lines.map((line) => line.replace(",", ",a,"))].join("\n");

const monthEnds = rows("2000-01-31,1", "2000-02-29,2", "2000-03-31,3", "2000-04-30,4");

describe("a table", () => {
  it("tells its time and its numeric column", () => {
    const series = load(rows("2000-01-01,1", "2000-01-02,2", "2000-01-03,4"));
    expect([series.columns, [...series.values("sold")]]).toEqual([["sold"], [1, 2, 4]]);
    expect(chooseColumns(parseTable("year,births\n1990,2000\n1991,2100", "t"), {})).toEqual({ time: "year", target: "births" });
    expect(chooseColumns(parseTable("births\n2000\n2100", "t"), {})).toEqual({ time: undefined, target: "births" });
  });

  it.each([
    ["no numeric column", rows("2000-01-01,x", "2000-01-02,y"), {}, /no numeric column: .*sold holds "x" in row 1.*--target/],
    ["several", "a,b\n1,2\n3,4", {}, /numeric columns a, b; choose one with --target/],
    ["an unknown target", rows("2000-01-01,1"), { target: "births" }, /--target births: .*no such column.*day, shop, sold/],
    ["the time as target", rows("2000-01-01,1"), { target: "day" }, /holds the timestamps/],
    ["a text among numbers", rows("2000-01-01,1", "2000-01-02,many"), { target: "sold" }, /"many" in row 2/],
    ["shuffled rows", rows("2000-01-01,1", "2000-01-03,2", "2000-01-02,4"), {}, /row 3 \(2000-01-02\) after row 2.*--sort/],
    ["equal times", rows("2000-01-01,1", "2000-01-01,2"), {}, /row 2 \(2000-01-01\).*--duplicates mean/],
    ["no time", rows("2000-01-01,1", "soon,2"), { time: "day" }, /"soon" in row 2.*--time/],
    ["missing values", rows("2000-01-01,1", "2000-01-02,NaN", "2000-01-03,3"), {}, /row 2 \(2000-01-02\).*--missing interpolate/],
    ["a value missing at the end", rows("2000-01-01,1", "2000-01-02,"), { missing: "interpolate" }, /row 2.*Cut those rows off/],
    [
      "a gap",
      rows("2000-01-01,1", "2000-01-02,2", "2000-01-03,2", "2000-01-07,3"),
      {},
      /between row 3 .* and row 4 .*--resample/,
    ],
    ["uneven times", rows("2000-01-01,1", "2000-01-02T05:17,2", "2000-01-03,2"), {}, /not evenly spaced.*--resample/],
    ["times that are not evenly spaced, nearly months", monthEnds, {}, /not evenly spaced.*--resample month/],
    ["no time that can be read", rows("2000-01-01,1", "soon,2"), { time: "day" }, /times such as .*"soon" in row 2.*Write it so/],
    [
      "dates that are not read",
      rows("16/10/2020,1", "17/10/2020,2"),
      {},
      /day looks like dates, of which "16\/10\/2020" in row 1 cannot be read\. Write them as 2020-10-16/,
    ],
    [
      "a date that does not exist",
      rows("2000-02-29,1", "2000-02-30,2", "2000-03-01,1"),
      {},
      /"2000-02-30" in row 2 cannot be read/,
    ],
    ["packed dates", rows("20201016,1", "20201017,2"), {}, /"20201016" in row 1 cannot be read/],
    [
      "no header",
      "2020-01-01,100.84\n2020-01-02,108.58",
      {},
      /begins with 2020-01-01, 100\.84, values where the names .* time,value/,
    ],
    ["no header and no times", "1.5\n2.5", {}, /begins with 1\.5, values/],
    ["a name twice", "day,sold,sold\n2000-01-01,1,2", {}, /more than one column "sold"/],
    [
      "values too large to square",
      rows("2000-01-01,1e302", "2000-01-02,1"),
      {},
      /largest value of sold is 1\.0e302.*another unit/,
    ],
    [
      "values too small to square",
      rows("2000-01-01,1e-300", "2000-01-02,0"),
      {},
      /largest value of sold is 1e-300.*another unit/,
    ],
    ["a ragged row", "day,sold\n2000-01-01,1\n2000-01-02", {}, /no well-formed CSV in row 2/],
  ] as const)("with %s is a clear error", (_, text, options, pattern) => {
    expect(() => load(text, options)).toThrow(
      expect.objectContaining({ name: "UserError", message: expect.stringMatching(pattern) as string }),
    );
  });

  it("may have columns without a name, which papaparse says nothing of", () => {
    const warn = vi.spyOn(console, "warn");
    expect([...load("day,sold,,\n2000-01-01,1,,\n2000-01-02,2,,").values("sold")]).toEqual([1, 2]);
    expect(warn).not.toHaveBeenCalled();
  });

  it("may have a target that looks like dates to others", () => {
    expect(chooseColumns(parseTable("code\n1.2.20\n1.2.21", "t"), { target: "code" }).time).toBeUndefined();
  });

  it("is put right by the flags", () => {
    expect([...load(rows("2000-01-02,2", "2000-01-01,1"), { sort: true }).values("sold")]).toEqual([1, 2]);
    expect([...load(rows("2000-01-01,1", "2000-01-01,2", "2000-01-02,4"), { duplicates: "mean" }).values("sold")]).toEqual([
      1.5, 4,
    ]);
    expect([...load(monthEnds, { resample: "month" }).values("sold")]).toEqual([1, 2, 3, 4]);
    const holes = rows("2000-01-01,1", "2000-01-02,2", "2000-01-03,3", "2000-01-05,5");
    expect([...load(holes, { resample: "day", missing: "interpolate" }).values("sold")]).toEqual([1, 2, 3, 4, 5]);
  });
});
