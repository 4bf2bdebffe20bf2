import { createGenerator } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  accuracy,
  bitsPerCharacter,
  confusionMatrix,
  drift,
  f1Scores,
  holtWinters,
  intervalCoverage,
  linearAutoregression,
  meanAbsoluteError,
  meanAbsoluteScaledError,
  movingAverage,
  naive,
  perplexity,
  pinballLoss,
  rootMeanSquaredError,
  seasonalNaive,
  symmetricPercentageError,
} from "../index.js";

describe("baselines", () => {
  const history = [1, 2, 3, 10, 11, 12];
  const forecast = (baseline: ReturnType<typeof naive>, horizon = 4): number[] => [
    ...baseline.fit(history).forecast(history, horizon),
  ];

  it("repeat, draw on and average", () => {
    expect(forecast(naive())).toEqual([12, 12, 12, 12]);
    expect(forecast(seasonalNaive({ season: 3 }))).toEqual([10, 11, 12, 10]);
    expect(forecast(drift(), 2)).toEqual([14.2, 16.4]);
    expect(forecast(movingAverage({ window: 3 }), 2)).toEqual([11, 11]);
    expect(() => forecast(seasonalNaive({ season: 7 }))).toThrow("seasonal naive: needs at least 7 values, got 6");
    expect(() => naive().fit([]).forecast([1, NaN], 1)).toThrow("got none at position 1; fill missing values first");
  });

  it("recover a linear recurrence", () => {
    const wave = Float64Array.from({ length: 60 }, (_, t) => 5 + Math.sin(t / 3));
    const ahead = linearAutoregression({ order: 3 }).fit(wave).forecast(wave, 20);
    ahead.forEach((value, step) => expect(value).toBeCloseTo(5 + Math.sin((60 + step) / 3), 3));
    const flat = new Float64Array(20).fill(4);
    expect([...linearAutoregression({ order: 2 }).fit(flat).forecast(flat, 2)]).toEqual([4, 4]);
  });

  it("recover the coefficients of an autoregression", () => {
    const generator = createGenerator(1);
    const values = new Float64Array(20_000);
    for (let t = 2; t < values.length; t++) {
      values[t] = 0.5 * (values[t - 1] as number) - 0.3 * (values[t - 2] as number) + generator.normal();
    }
    const fitted = linearAutoregression({ order: 2 }).fit(values);
    const intercept = fitted.forecast([0, 0], 1)[0] as number;
    expect((fitted.forecast([0, 1], 1)[0] as number) - intercept).toBeCloseTo(0.5, 1);
    expect((fitted.forecast([1, 0], 1)[0] as number) - intercept).toBeCloseTo(-0.3, 1);
  });

  it.each(["additive", "multiplicative"] as const)("follow a trend with a season (%s)", (kind) => {
    const season = [3, -1, 0, -2, 4, -3, -1];
    const value = (t: number): number =>
      kind === "additive" ? 50 + 0.5 * t + (season[t % 7] ?? 0) : (50 + 0.5 * t) * (1 + (season[t % 7] ?? 0) / 20);
    const train = Float64Array.from({ length: 140 }, (_, t) => value(t));
    const ahead = holtWinters({ season: 7, kind }).fit(train).forecast(train, 28);
    ahead.forEach((got, step) => expect(Math.abs(got - value(140 + step)) / value(140 + step)).toBeLessThan(0.01));
    expect(() => holtWinters({ season: 7 }).fit(train.subarray(0, 13))).toThrow("needs at least 14 values, got 13");
  });
});

describe("metrics", () => {
  it("score forecasts", () => {
    const actual = [1, 2, NaN, 4];
    const got = [2, 2, 9, 2];
    expect(meanAbsoluteError(actual, got)).toBe(1);
    expect(rootMeanSquaredError(actual, got)).toBeCloseTo(Math.sqrt(5 / 3), 12);
    expect(symmetricPercentageError(actual, got)).toBeCloseTo((200 / 3 + 0 + 400 / 6) / 3, 12);
    expect(symmetricPercentageError([0, 1], [0, -1])).toBe(100);
    expect(meanAbsoluteScaledError(actual, got, { train: [1, 3, 5, 7] })).toBe(0.5);
    expect(meanAbsoluteScaledError(actual, got, { train: [1, 3, 5, 7], season: 2 })).toBe(0.25);
    expect(pinballLoss([10, 10], [8, 12], { quantile: 0.9 })).toBeCloseTo((0.9 * 2 + 0.1 * 2) / 2, 12);
    expect(intervalCoverage([1, 2, 3, 4], [0, 2, 4, 0], [1, 3, 5, 9])).toBe(0.75);
    expect(() => meanAbsoluteError([1], [1, 2])).toThrow("as many forecasts as actual values, got 2 and 1");
    expect(() => meanAbsoluteError([NaN], [1])).toThrow("at least one actual value");
    expect(() => meanAbsoluteScaledError([1], [1], { train: [2, 2, 2] })).toThrow("must change");
  });

  it("score classes and tokens", () => {
    const actual = [0, 0, 1, 1, 2];
    const predicted = [0, 1, 1, 1, 0];
    expect(accuracy(actual, predicted)).toBe(0.6);
    expect(confusionMatrix(actual, predicted, { classes: 3 })).toEqual([
      [1, 1, 0],
      [0, 2, 0],
      [1, 0, 0],
    ]);
    const { macro, perClass } = f1Scores(actual, predicted, { classes: 4 });
    expect(perClass.map(({ f1 }) => f1)).toEqual([0.5, 0.8, 0, 0]);
    expect(perClass[1]).toEqual({ precision: 2 / 3, recall: 1, f1: 0.8, support: 2 });
    expect(macro).toBeCloseTo(1.3 / 3, 12);
    expect(() => confusionMatrix([3], [0], { classes: 3 })).toThrow("classes lie in 0..2, got 3 predicted as 0 in row 1");
    expect(perplexity(Math.log(8))).toBeCloseTo(8, 12);
    expect(bitsPerCharacter(Math.log(8))).toBeCloseTo(3, 12);
  });
});
