import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arange, setSlice, tensor, zeros } from "../index.js";

describe("setSlice", () => {
  it("writes what the same slice then reads, and leaves the rest", () => {
    const bound = fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined });
    const step = fc.constantFrom(1, 2, 3, -1, -2);
    const range = (axis: number): fc.Arbitrary<{ axis: number; start?: number; stop?: number; step: number }> =>
      fc.tuple(bound, bound, step).map(([start, stop, every]) => ({
        axis,
        step: every,
        ...(start === undefined ? {} : { start }),
        ...(stop === undefined ? {} : { stop }),
      }));
    fc.assert(
      fc.property(range(0), range(-1), (rows, columns) => {
        const x = arange(35).reshape([5, 7]);
        const values = x.slice(rows).slice(columns).add(100).copy();
        const written = setSlice(x, [rows, columns], values);
        expect(written.slice(rows).slice(columns).toTypedArray()).toEqual(values.toTypedArray());
        const changed = written.notEqual(x).sum().item();
        expect(changed).toBe(values.size);
        expect(x.toTypedArray()).toEqual(arange(35).toTypedArray());
      }),
    );
  });

  it("broadcasts, and keeps the dtype", () => {
    const x = setSlice(zeros([2, 3], { dtype: "int32" }), { axis: 1, start: 1 }, tensor([7.9, -7.9]));
    expect([x.dtype, ...x.toTypedArray()]).toEqual(["int32", 0, 7, -7, 0, 7, -7]);
    expect([...setSlice(zeros([4]), { axis: 0, step: 2 }, 7).toTypedArray()]).toEqual([7, 0, 7, 0]);
    expect(setSlice(zeros([0]), { axis: 0 }, 1).shape).toEqual([0]);
  });

  it("refuses values that do not fit and an axis named twice", () => {
    expect(() => setSlice(zeros([4]), { axis: 0, stop: 3 }, zeros([2]))).toThrow("broadcastTo: [2] does not broadcast to [3]");
    expect(() => setSlice(zeros([4]), [{ axis: 0 }, { axis: -1 }], 1)).toThrow(
      "setSlice: each axis may be named once, got axis -1 twice",
    );
  });
});
