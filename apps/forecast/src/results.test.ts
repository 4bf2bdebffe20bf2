import { describe, expect, it } from "vitest";

import type { Evaluated } from "./evaluate-forecaster.js";
import { significant } from "./progress.js";
import { formatScores } from "./score-table.js";
import { verdict } from "./verdict.js";

const forecast = { values: new Float64Array(1), lower: new Float64Array(1), upper: new Float64Array(1) };
const result = (name: string, kind: Evaluated["kind"], mase: number): Evaluated => ({
  ...{ name, kind, mase, mae: 12_345.6, rmse: 23_456.7, smape: 12.345, coverage: 0.912, seconds: 123.4 },
  ...{ maeByStep: new Float64Array(1), backtest: [forecast], future: forecast },
});

describe("verdict", () => {
  it("says that a cell wins, and which cells do not", () => {
    expect(verdict([result("gru", "cell", 0.8), result("Holt-Winters", "baseline", 1), result("rnn", "cell", 1.2)])).toBe(
      "gru wins: its error is 20 percent below that of the best baseline, Holt-Winters. The baseline is ahead of rnn.",
    );
  });

  it("says plainly that a baseline wins", () => {
    expect(verdict([result("naive", "baseline", 0.5), result("gru", "cell", 1)])).toMatch(
      /^A baseline wins: the error of naive is 50 percent below that of the best cell, gru/,
    );
  });
});

it("prints scores within 80 columns", () => {
  const lines = formatScores([result("gru", "cell", 0.8), result("linear autoregression (366)", "baseline", 1)], 0.9).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines[1]).toMatch(/^\* gru +0\.800 +12,346 +23,457 +12\.35 +91 % +123\.4$/);
});

it.each([
  [1234.56, "1,235"],
  [12.3456, "12.35"],
  [0.0123456, "0.01235"],
  [0.0000123456, "1.23e-5"],
  [12_345_678, "1.23e7"],
  [0, "0"],
])("writes %d as %s", (value, text) => {
  expect(significant(value)).toBe(text);
});
