import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { truncatedWindows } from "./index.js";

describe("truncatedWindows", () => {
  it("counts every step once and reads back at most k2", () => {
    expect(truncatedWindows(7, { k1: 2, k2: 4 })).toEqual([
      { start: 0, lossFrom: 0, end: 2 },
      { start: 0, lossFrom: 2, end: 4 },
      { start: 2, lossFrom: 4, end: 6 },
      { start: 4, lossFrom: 6, end: 7 },
    ]);
    expect(() => truncatedWindows(7, { k1: 4, k2: 2 })).toThrow(/k2 a multiple of k1, got k1 = 4, k2 = 2/);
  });

  it("starts each window where an earlier one has left a state, whatever k1, k2 and the length", () => {
    const sizes = [fc.nat(60), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 })] as const;
    fc.assert(
      fc.property(...sizes, (time, k1, times) => {
        const windows = truncatedWindows(time, { k1, k2: k1 * times });
        const known = new Set([0]);
        let counted = 0;
        for (const { start, lossFrom, end } of windows) {
          expect(known.has(start)).toBe(true);
          expect(lossFrom).toBe(counted);
          expect(end - start).toBeLessThanOrEqual(k1 * times);
          counted = end;
          known.add(end);
        }
        expect(counted).toBe(time);
      }),
    );
  });
});
