import { createGenerator } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { adaptiveRadii, type ErrorHistory } from "./adaptive-radii.js";
import { conformalRadius } from "./conformal-interval.js";

const level = 0.9;

describe("a conformal radius", () => {
  it("is as wide as the share of errors asks for, with one more than there are", () => {
    const errors = Array.from({ length: 19 }, (_, index) => (index % 2 === 0 ? 1 : -1) * (((index * 7) % 19) + 1));
    expect(conformalRadius(errors, { level, overlap: 0 })).toBe(18);
    expect(conformalRadius(errors, { level: 0.5, overlap: 0 })).toBe(10);
    expect(conformalRadius([3, -5], { level, overlap: 0 })).toBe(5);
    expect(conformalRadius([2, 2, 2], { level, overlap: 2 })).toBe(2);
  });

  it("is wider where errors repeat each other", () => {
    const generator = createGenerator(3);
    const independent = Array.from({ length: 60 }, () => generator.normal());
    const repeated = independent.flatMap((error, index) => (index < 10 ? Array<number>(6).fill(error) : []));
    const sorted = repeated.map(Math.abs).sort((a, b) => a - b);
    expect(conformalRadius(repeated, { level: 0.88, overlap: 0 })).toBe(sorted[53]);
    expect(conformalRadius(repeated, { level: 0.88, overlap: 6 })).toBe(sorted[54]);
    expect(sorted[54]).toBeGreaterThan(sorted[53] as number);
    expect(conformalRadius(independent, { level, overlap: 1 })).toBeLessThanOrEqual(
      1.2 * conformalRadius(independent, { level, overlap: 0 }),
    );
  });
});

describe("adaptive radii", () => {
  // Errors of origins 0, 1, … over a horizon, of which nothing is known behind the end.
  const history = (length: number, horizon: number, error: (row: number, step: number) => number): ErrorHistory => ({
    origins: Array.from({ length }, (_, origin) => origin),
    errors: Array.from({ length }, (_, origin) =>
      Float64Array.from({ length: horizon }, (_, step) => (origin + step < length ? error(origin + step, step) : NaN)),
    ),
  });
  const asked = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it("use nothing that came after the origin", () => {
    const length = 120;
    const draw = (seed: number): ((row: number) => number) => {
      const generator = createGenerator(seed);
      const values = Array.from({ length }, () => generator.normal());
      return (row) => values[row] as number;
    };
    const [early, late] = [draw(1), draw(2)];
    for (const origin of [60, 75, 100]) {
      const changed = history(length, 4, (row) => (row < origin ? early(row) : 50 * late(row)));
      const at = asked(60, origin);
      const options = { level, window: 50 };
      expect(adaptiveRadii(changed, at, options)).toEqual(adaptiveRadii(history(length, 4, early), at, options));
    }
  });

  it("hold their share of errors that grow all the time, where radii set once do not", () => {
    const generator = createGenerator(5);
    const grown = history(900, 3, (row, step) => (1 + row / 100) * (1 + step / 3) * generator.normal());
    const at = asked(300, 890);
    const radii = adaptiveRadii(grown, at, { level, window: 300 });
    const once = adaptiveRadii(grown, [300], { level, window: 300 })[0] as Float64Array;
    for (const step of [0, 1, 2]) {
      const share = (radiusAt: (index: number) => number): number => {
        const inside = at.filter((origin, index) => Math.abs(grown.errors[origin]?.[step] as number) <= radiusAt(index));
        return inside.length / at.length;
      };
      expect(Math.abs(share((index) => radii[index]?.[step] as number) - level)).toBeLessThan(0.02);
      expect(share(() => once[step] as number)).toBeLessThan(0.75);
    }
  });

  it("are those of plain split conformal before anything has adapted, each step for itself", () => {
    const slow = history(60, 2, (row, step) => (1 + step) * (60 - row) * Math.sin(row / 4));
    const [radii] = adaptiveRadii(slow, [50], { level: 0.7, window: 40 });
    const known = (step: number): number[] => slow.errors.slice(50 - step - 40, 50 - step).map((row) => row[step] as number);
    const expected = [0, 1].map((step) => conformalRadius(known(step), { level: 0.7, overlap: step + 1 }));
    expect([...(radii as Float64Array)]).toEqual(expected);
    expect(expected[1]).not.toBe(conformalRadius(known(1), { level: 0.7, overlap: 0 }));
    const all = slow.errors.slice(0, 50).map((row) => row[0] as number);
    expect(expected[0]).not.toBe(conformalRadius(all, { level: 0.7, overlap: 1 }));
  });
});
