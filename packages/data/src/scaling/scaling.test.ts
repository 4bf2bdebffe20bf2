import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  chronologicalSplit,
  difference,
  fitScaler,
  log,
  minMax,
  robust,
  scalerFromJSON,
  seasonalDifference,
  seriesFromColumns,
  standard,
  trainOnAll,
  windows,
} from "../index.js";

const scalers = fc.shuffledSubarray(
  [log({ shift: 1 }), difference(), seasonalDifference({ season: 3 }), standard(), minMax({ low: -1 }), robust()],
  { minLength: 1, maxLength: 3 },
);
// A log must come first: what the others make of a value need not be positive.
const chains = scalers.map((chain) => [...chain].sort((a, b) => Number(b.name === "log") - Number(a.name === "log")));
const values = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 30, maxLength: 80 });
const shares = { train: 0.6, validation: 0.2, test: 0.2 };

function near(got: ArrayLike<number>, expected: ArrayLike<number>): void {
  Array.from(expected).forEach((value, row) => expect(Math.abs((got[row] as number) - value)).toBeLessThan(1e-7));
}

describe("scalers", () => {
  it("come back: inverse(transform(x)) = x, over gaps, on every part, and after JSON", () => {
    fc.assert(
      fc.property(values, chains, fc.integer({ min: 10, max: 20 }), (y, chain, hole) => {
        const times = y.map((_, t) => (t < hole ? t : t + 5));
        const series = seriesFromColumns({ y }, { times });
        const parts = chronologicalSplit(series, shares);
        const fitted = fitScaler(parts.train, chain);
        const again = scalerFromJSON(JSON.parse(JSON.stringify(fitted)));
        for (const part of [series, ...Object.values(parts)]) {
          const scaled = fitted.transform(part);
          expect(scaled.role).toBe(part.role);
          expect(again.transform(part).values("y")).toEqual(scaled.values("y"));
          near(again.inverse(scaled, part).values("y"), part.values("y"));
          for (const { start, end } of scaled.segments)
            expect(scaled.values("y").subarray(start, end).some(Number.isNaN)).toBe(false);
        }
      }),
    );
  });

  it("bring forecasts back from the history alone", () => {
    fc.assert(
      fc.property(values, chains, (y, chain) => {
        const series = seriesFromColumns({ y });
        const { train } = chronologicalSplit(series, shares);
        const fitted = fitScaler(train, chain);
        const origin = train.length;
        const scaled = fitted.transform(series).values("y").subarray(origin);
        near(fitted.inverseForecast("y", scaled, y.slice(origin - fitted.rowsLost, origin)), y.slice(origin));
      }),
    );
  });

  it("learn nothing from held-out rows", () => {
    fc.assert(
      fc.property(values, values, chains, (y, other, chain) => {
        const { train } = chronologicalSplit(seriesFromColumns({ y }), shares);
        const changed = y.map((value, t) => (t < train.length ? value : (other[t % other.length] as number) * 7));
        const { train: same } = chronologicalSplit(seriesFromColumns({ y: changed }), shares);
        expect(fitScaler(same, chain).toJSON()).toEqual(fitScaler(train, chain).toJSON());
      }),
    );
  });

  it("refuse to be fitted on anything but a training part", () => {
    const series = seriesFromColumns({ y: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });
    const { train, validation, test } = chronologicalSplit(series, shares);
    for (const part of [validation, test, validation.slice(1), fitScaler(train, standard()).transform(validation)]) {
      expect(() => fitScaler(part, standard())).toThrow(
        "only a training part may be learned from, got a held-out part; fit on the training part of the split",
      );
      expect(() => trainOnAll(part)).toThrow(expect.objectContaining({ code: "leak" }));
    }
    expect(() => fitScaler(series, standard())).toThrow("got a whole series; split it first, or call trainOnAll(series)");
    expect(fitScaler(trainOnAll(series), standard()).toJSON().columns.y).toEqual([
      { kind: "affine", offset: 5.5, scale: Math.sqrt(8.25) },
    ]);
  });

  it("compute what they say", () => {
    const train = trainOnAll(seriesFromColumns({ y: [1, 2, 3, 4, 100], flat: [7, 7, 7, 7, 7] }));
    const scaled = (scaler: Parameters<typeof fitScaler>[1], column = "y"): number[] => [
      ...fitScaler(train, scaler).transform(train).values(column),
    ];
    expect(scaled(minMax())).toEqual([0, 1 / 99, 2 / 99, 3 / 99, 1]);
    expect(scaled(robust())).toEqual([-1, -0.5, 0, 0.5, 48.5]);
    expect(scaled(log())[1]).toBeCloseTo(Math.LN2, 12);
    expect(scaled(difference())).toEqual([NaN, 1, 1, 1, 96]);
    expect(scaled(standard(), "flat")).toEqual([0, 0, 0, 0, 0]);
    expect(() => fitScaler(train, log({ shift: -1 }))).toThrow("y + shift must be positive, got 1 + -1; pass a shift above -1");
    expect(fitScaler(train, standard(), { columns: ["y"] }).columns).toEqual(["y"]);
  });

  it("refuse held-out values that have no logarithm, with their row", () => {
    const times = [1, 2, 3, 4, 5].map((n) => Date.UTC(2020, 0, n));
    const series = seriesFromColumns({ y: [1, 2, 3, -5, 4] }, { times });
    const { train, test } = chronologicalSplit(series, { train: 0.6, validation: 0, test: 0.4 });
    const fitted = fitScaler(train, [log(), standard()]);
    expect(() => fitted.transform(test)).toThrow(
      "log: x + shift must be positive, got -5 + 0 in row 4 (2020-01-04) of y; fit log with a shift above 5, or choose another scaler",
    );
    expect(() => fitted.transform(seriesFromColumns({ y: [0] }))).toThrow("got 0 + 0 in row 1 of y");
    expect(() => fitted.inverseForecast("y", [0], [2, -1])).toThrow("got -1 + 0 in value 2 of the history of y");
    expect(
      fitScaler(train, log({ shift: 6 }))
        .transform(test)
        .values("y")[0],
    ).toBe(0);
    const holed = seriesFromColumns({ y: [1, NaN] }, { missing: "mask" });
    expect([...fitScaler(train, log()).transform(holed).values("y")]).toEqual([0, NaN]);
  });

  it("leave missing values out, and windows out of the rows that have no difference", () => {
    const series = seriesFromColumns({ y: [1, NaN, 3, 5, 7, 9] }, { missing: "mask" });
    expect(fitScaler(trainOnAll(series), standard()).toJSON().columns.y?.[0]).toMatchObject({ offset: 5 });
    const scaled = fitScaler(trainOnAll(series), seasonalDifference({ season: 2 })).transform(series);
    expect(scaled.segments).toEqual([{ start: 2, end: 6 }]);
    expect(windows(scaled, { length: 1, missing: "skip" }).length).toBe(1);
  });

  it("refuse what is no saved scaler", () => {
    for (const bad of [null, {}, { format: "unroll-scaler/1" }, { format: "unroll-scaler/2", columns: {} }]) {
      expect(() => scalerFromJSON(bad)).toThrow('needs an object with format "unroll-scaler/1"');
    }
    for (const step of [null, {}, { kind: "affine", offset: 0, scale: 0 }, { kind: "difference", lag: 0 }, { kind: "log" }]) {
      expect(() => scalerFromJSON({ format: "unroll-scaler/1", columns: { y: [step] } })).toThrow(
        "y must hold affine, log and difference steps",
      );
    }
  });
});
