import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arange, put, tensor, zeros } from "../index.js";

const int32 = { dtype: "int32" } as const;

describe("put", () => {
  it("writes what take then reads, and leaves the rest", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4]), fc.constantFrom(0, 1), (chosen, axis) => {
        const x = arange(25).reshape([5, 5]);
        const indices = tensor(chosen, int32);
        const values = x.take(indices, { axis }).add(100);
        const written = put(x, indices, values, { axis });
        expect(written.take(indices, { axis }).toTypedArray()).toEqual(values.toTypedArray());
        expect(written.notEqual(x).sum().item()).toBe(values.size);
      }),
    );
  });

  it("replaces NaN, broadcasts, keeps the dtype and counts from the end", () => {
    const x = tensor([NaN, Infinity, 3]);
    expect([...put(x, tensor([-2, 0], int32), 7, { axis: 0 }).toTypedArray()]).toEqual([7, 7, 3]);
    expect(put(tensor([true, true]), tensor(1, int32), 0, { axis: 0 }).toTypedArray()).toEqual(Uint8Array.of(1, 0));
    expect(put(zeros([0]), zeros([0], int32), 1, { axis: 0 }).shape).toEqual([0]);
  });

  it("refuses repeats, positions outside and values that do not fit", () => {
    expect(() => put(zeros([3]), tensor([1, -2], int32), 1, { axis: 0 })).toThrow("put: indices must not repeat");
    expect(() => put(zeros([3]), tensor([3], int32), 1, { axis: 0 })).toThrow("indices must lie in -3..2, got 3");
    expect(() => put(zeros([3]), tensor([0, 1], int32), zeros([3]), { axis: 0 })).toThrow(
      "broadcastTo: [3] does not broadcast to [2]",
    );
  });
});
