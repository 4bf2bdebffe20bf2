import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ranges } from "./ranges.js";

describe("ranges", () => {
  it("cover everything once, in order, from multiples of the granule", () => {
    const sizes = fc.record({
      count: fc.integer({ min: 1, max: 5000 }),
      parts: fc.integer({ min: 1, max: 9 }),
      granule: fc.integer({ min: 1, max: 64 }),
    });
    fc.assert(
      fc.property(sizes, ({ count, parts, granule }) => {
        const split = ranges(count, parts, granule);
        expect(split.length).toBeLessThanOrEqual(parts);
        expect(split.at(0)?.[0]).toBe(0);
        expect(split.at(-1)?.[1]).toBe(count);
        split.forEach(([first, end], index) => {
          expect(first % granule).toBe(0);
          expect(end).toBeGreaterThan(first);
          if (index > 0) expect(first).toBe(split[index - 1]?.[1]);
        });
      }),
    );
  });
});
