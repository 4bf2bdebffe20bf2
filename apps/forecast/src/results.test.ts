import { describe, expect, it } from "vitest";

import type { Evaluated } from "./evaluate-forecaster.js";
import { percent } from "./percent.js";
import { formatScores } from "./score-table.js";
import { decimal, significant } from "./significant.js";
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
  [999_999.7, "1.00e6"],
  [1.0857e302, "1.1e302"],
  [6.25e-300, "6e-300"],
  [Infinity, "∞"],
  [NaN, "?"],
])("writes %d as %s", (value, text) => {
  expect(significant(value)).toBe(text);
  expect(text.length).toBeLessThanOrEqual(7);
});

it("writes decimals where they fit", () => {
  expect([0.8, 9999.5, 12_345.67, 3.8e298, NaN].map((value) => decimal(value, 2))).toEqual([
    ...["0.80", "9999.50", "12,346", "3.8e298", "?"],
  ]);
});

it("keeps a space between any two scores", () => {
  const huge = { ...result("gru", "cell", 3.820777708776599e298), mae: 6.25e-300, rmse: 1.5e301, smape: 200, seconds: 123_456.7 };
  const [head, line] = formatScores([huge], 0.999999).split("\n");
  expect(head).toMatch(/ sMAPE in 99\.9999 % +fit s$/);
  expect(line).toMatch(/^\* gru +3\.8e298 +6e-300 +1\.5e301 +200\.00 +91 % +123,457$/);
});

it.each([
  [0.9, "90"],
  [0.07, "7"],
  [0.285, "28.5"],
  [0.999999, "99.9999"],
])("writes the share %d as %s percent", (share, text) => {
  expect(percent(share)).toBe(text);
});
