import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  backtest,
  blockedFolds,
  chronologicalSplit,
  contiguousBatches,
  documentBatches,
  seriesFromColumns,
  shuffledOrder,
  windowBatch,
  windowBatches,
  windows,
} from "../index.js";

const options = fc.record({
  length: fc.integer({ min: 1, max: 6 }),
  horizon: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  gap: fc.integer({ min: 0, max: 2 }),
  lags: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
});
// Whole times with holes; the value of a row is its time.
const holed = fc
  .uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 50, maxLength: 110 })
  .map((times) => times.sort((a, b) => a - b))
  .map((times) => seriesFromColumns({ y: times }, { times }));

describe("windows", () => {
  it("never cross a gap or a split, and read what they say", () => {
    fc.assert(
      fc.property(holed, options, (series, choice) => {
        fc.pre(series.frequency?.step === 1);
        const parts = Object.values(chronologicalSplit(series, { train: 0.5, validation: 0.25, test: 0.25 }));
        for (const part of [series, ...parts]) {
          const span = Math.max(0, ...choice.lags) + choice.length + choice.gap + choice.horizon;
          const counts = part.segments.map(({ start, end }) => Math.max(0, Math.floor((end - start - span) / choice.stride) + 1));
          const total = counts.reduce((sum, count) => sum + count, 0);
          if (total === 0) {
            expect(() => windows(part, choice)).toThrow(`a window needs ${span} rows in a row`);
            continue;
          }
          const all = windows(part, choice);
          expect(all.length).toBe(total);
          const own = new Set(part.values("y"));
          const before = Math.max(0, ...choice.lags);
          const starts = part.segments.flatMap(({ start }, segment) =>
            Array.from({ length: counts[segment] as number }, (_, window) => start + before + window * choice.stride),
          );
          for (let index = 0; index < all.length; index++) {
            const batch = windowBatch(all, [index]);
            const inputs = [...batch.inputs.toTypedArray()];
            const start = inputs[0] as number;
            expect(start).toBe(part.values("y")[starts[index] as number]);
            const expected = Array.from({ length: choice.length }, (_, t) => [
              start + t,
              ...choice.lags.map((lag) => start + t - lag),
            ]);
            expect(inputs).toEqual(expected.flat());
            const targets = Array.from({ length: choice.horizon }, (_, t) => start + choice.length + choice.gap + t);
            expect([...batch.targets.toTypedArray()]).toEqual(targets);
            expect([...inputs, ...targets].every((value) => own.has(value))).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("choose columns and add the calendar", () => {
    const times = Array.from({ length: 8 }, (_, t) => Date.UTC(2000, 0, 2 + t)); // from a Sunday on
    const series = seriesFromColumns({ a: times.map((_, t) => t), b: times.map((_, t) => 10 * t) }, { times });
    const all = windows(series, { length: 7, features: ["b"], targets: ["a"], calendar: ["dayOfWeek"] });
    expect([all.inputNames, all.targetNames, all.length]).toEqual([["b", "dayOfWeek.sin", "dayOfWeek.cos"], ["a"], 1]);
    const { inputs, targets } = windowBatch(all, [0]);
    expect(inputs.shape).toEqual([1, 7, 3]);
    expect([...targets.toTypedArray()]).toEqual([7]);
    for (let t = 0; t < 7; t++) {
      expect(inputs.toTypedArray()[3 * t + 1]).toBeCloseTo(Math.sin((2 * Math.PI * t) / 7), 6);
      expect(inputs.toTypedArray()[3 * t + 2]).toBeCloseTo(Math.cos((2 * Math.PI * t) / 7), 6);
    }
    expect(() => windows(seriesFromColumns({ y: [1, 2, 3] }), { length: 1, calendar: ["dayOfWeek"] })).toThrow(
      "calendar features need times",
    );
    expect(() => windows(seriesFromColumns({ y: [1, 2, 3] }, { times: [0, 1, 2.5] }), { length: 1 })).toThrow(
      "times must be regular",
    );
    expect(() => windows(series, { length: 2, targets: ["c"] })).toThrow("columns are a, b, got c");
  });

  it("refuse, skip or mask missing values", () => {
    const series = seriesFromColumns({ y: [0, 1, NaN, 3, 4, 5] }, { missing: "mask" });
    expect(() => windows(series, { length: 1 })).toThrow("y: every value must be there, got none in row 3");
    const skipped = windows(series, { length: 1, missing: "skip" });
    expect(Array.from({ length: skipped.length }, (_, index) => skipped.rows(index).inputStart)).toEqual([0, 3, 4]);
    const batch = windowBatch(windows(series, { length: 2, missing: "mask" }), [0, 1]);
    expect([...batch.inputs.toTypedArray()]).toEqual([0, 1, 1, 0]);
    expect([...(batch.inputMask?.toTypedArray() ?? [])]).toEqual([1, 1, 1, 0]);
    expect([...(batch.targetMask?.toTypedArray() ?? [])]).toEqual([0, 1]);
  });

  it("scale themselves by what they read alone, and come back", () => {
    const y = [3, 5, 4, 9, 2, 7, 7, 7];
    const source = windows(seriesFromColumns({ y }), { length: 3, horizon: 2 });
    for (const scaling of ["standard", "last"] as const) {
      const { inputs, targets, offset, scale } = windowBatch(source, [0, 1, 2, 3], { scale: scaling });
      if (offset === undefined || scale === undefined) throw new Error("no scale");
      expect(offset.shape).toEqual([4, 1, 1]);
      const restored = [...targets.mul(scale).add(offset).toTypedArray()];
      [9, 2, 2, 7, 7, 7, 7, 7].forEach((value, index) => expect(restored[index]).toBeCloseTo(value, 5));
      if (scaling === "standard") {
        expect(offset.toTypedArray()[0]).toBe(4);
        expect(scale.toTypedArray()[0]).toBeCloseTo(Math.sqrt(2 / 3), 6);
      } else expect([...inputs.toTypedArray().slice(0, 3)]).toEqual([-1, 1, 0]);
    }
  });

  it("come in shuffled batches that resume in the middle of an epoch", () => {
    const source = windows(seriesFromColumns({ y: Array.from({ length: 103 }, (_, t) => t) }), { length: 2 });
    const read = (start: number, epoch = 0): number[][] =>
      [...windowBatches(source, { batchSize: 8, shuffle: { seed: 3, epoch }, start })].map((batch) => [...batch.windows]);
    const whole = read(0);
    expect(whole).toHaveLength(13);
    expect(whole.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, index) => index));
    for (const start of [0, 1, 7, 12, 13]) expect(read(start)).toEqual(whole.slice(start));
    expect(read(0, 1)).not.toEqual(whole);
    expect([...windowBatches(source, { batchSize: 8, dropLast: true })].map(({ inputs }) => inputs.shape[0])).toEqual(
      Array<number>(12).fill(8),
    );
  });

  it("are refused by a position that is none", () => {
    const source = windows(seriesFromColumns({ y: [0, 1, 2, 3, 4] }), { length: 2 });
    for (const position of [1.5, NaN, "1"] as number[])
      expect(() => windowBatch(source, [0, position])).toThrow(
        "windowBatch: positions at position 1 must be a whole number, got",
      );
    expect(() => windowBatch(source, [3])).toThrow("index must be a whole number in 0..2, got 3");
    expect(() => source.rows(0.5)).toThrow("index must be a whole number in 0..2, got 0.5");
    expect([...windowBatch(source, [2, 0]).windows]).toEqual([2, 0]);
  });

  it("make batches no larger than there are windows, and start where an epoch can", () => {
    const source = windows(seriesFromColumns({ y: [0, 1, 2, 3, 4] }), { length: 2 });
    const read = (start: number): number[] =>
      [...windowBatches(source, { batchSize: 1e9, start })].map(({ inputs }) => inputs.shape[0] as number);
    expect(read(0)).toEqual([3]);
    expect(read(1)).toEqual([]);
    expect(() => read(2)).toThrow("windowBatches: start must be at most the 1 batches of an epoch, got 2; was it counted with");
    const ids = Int32Array.of(0, 1, 2, 3, 4);
    const sizes = { batchSize: 1, sequenceLength: 2 };
    expect([...contiguousBatches(ids, { ...sizes, start: 2 })]).toEqual([]);
    expect(() => contiguousBatches(ids, { ...sizes, start: 3 })).toThrow("contiguousBatches: start must be at most the 2");
    expect([...documentBatches([ids], { ...sizes, start: 2 })]).toEqual([]);
    expect(() => documentBatches([ids], { ...sizes, start: 3 })).toThrow("documentBatches: start must be at most the 2");
  });

  it("take no memory of their own: a million of them over a million rows", () => {
    const source = windows(seriesFromColumns({ y: new Float64Array(1_000_200) }), { length: 168, horizon: 24 });
    expect(source.length).toBe(1_000_009);
    expect(source.columns[0]?.values.buffer).toBe(source.series.values("y").buffer);
    expect(source.rows(1_000_008).targetEnd).toBe(1_000_200);
  });
});

it("shuffles any length, evenly", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer(), (length, seed) => {
      const order = shuffledOrder(length, { seed });
      expect(new Set(Array.from({ length }, (_, place) => order.at(place))).size).toBe(length);
    }),
  );
  // Each place holds each number about equally often: chi-squared with 15 * 15 degrees of freedom, far tail.
  const counts = new Float64Array(256);
  for (let seed = 0; seed < 3200; seed++) {
    const order = shuffledOrder(16, { seed });
    for (let place = 0; place < 16; place++)
      counts[place * 16 + order.at(place)] = (counts[place * 16 + order.at(place)] as number) + 1;
  }
  expect(counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0)).toBeLessThan(330);
});

describe("splits", () => {
  const series = seriesFromColumns({ y: Array.from({ length: 100 }, (_, t) => t) });
  const rows = (part: { values(column: string): Float64Array }): number[] => [...part.values("y")];

  it("are views in the order of time", () => {
    const { train, validation, test } = chronologicalSplit(series, { train: 0.7, validation: 0.2, test: 0.1 });
    expect([train, validation, test].flatMap(rows)).toEqual(rows(series));
    expect([train.role, validation.role, test.role]).toEqual(["train", "heldOut", "heldOut"]);
    expect(validation.values("y").buffer).toBe(series.values("y").buffer);
    expect(validation.slice(3).role).toBe("heldOut");
    expect(() => chronologicalSplit(validation, { train: 1, validation: 0, test: 0 })).toThrow(
      expect.objectContaining({ code: "leak" }),
    );
    expect(() => chronologicalSplit(series, { train: 0.7, validation: 0.2, test: 0.2 })).toThrow("add up to 1");
  });

  it("roll the origin, expanding or not", () => {
    const folds = backtest(series, { initial: 70, horizon: 10, stride: 7, gap: 2 });
    expect(folds.map(({ origin }) => origin)).toEqual([70, 77, 84]);
    expect(folds.map(({ train }) => [rows(train)[0], rows(train).at(-1)])).toEqual([
      [0, 67],
      [0, 74],
      [0, 81],
    ]);
    expect(folds.map(({ test }) => [rows(test)[0], rows(test).at(-1)])).toEqual([
      [70, 79],
      [77, 86],
      [84, 93],
    ]);
    expect(backtest(series, { initial: 70, horizon: 10, kind: "rolling" }).map(({ train }) => train.firstRow)).toEqual([
      0, 10, 20,
    ]);
    expect(() => backtest(series, { initial: 95, horizon: 10 })).toThrow("95 + 10 rows, got gap 0 and 100 rows");
  });

  it("block, with a gap where the block was", () => {
    const folds = blockedFolds(series, { folds: 4, gap: 3 });
    expect(folds.flatMap(({ validation }) => rows(validation))).toEqual(rows(series));
    for (const { train, validation } of folds) {
      const near = new Set(rows(validation).flatMap((t) => [t - 3, t, t + 3]));
      expect(rows(train).some((t) => near.has(t))).toBe(false);
      const crossing = windows(train, { length: 3, horizon: 2 });
      for (let index = 0; index < crossing.length; index++) {
        const { inputStart, targetEnd } = crossing.rows(index);
        expect((train.values("y")[targetEnd - 1] as number) - (train.values("y")[inputStart] as number)).toBe(4);
      }
    }
  });
});
