import fc from "fast-check";
import { expect, it } from "vitest";

import { fromTypedArray, tensor, zeros } from "../index.js";

it("sorts as a typed array does, NaN last in either direction", () => {
  fc.assert(
    fc.property(fc.float32Array({ maxLength: 20, noNaN: true }), (values) => {
      const sorted = fromTypedArray(values, [values.length]).sort({ axis: 0 });
      expect(sorted.sub(fromTypedArray(values.slice().sort(), [values.length])).isNaN().size).toBe(values.length);
      expect(Array.from(sorted.toTypedArray(), (x) => x + 0)).toEqual(Array.from(values.slice().sort(), (x) => x + 0));
    }),
  );
  const x = tensor([2, NaN, 3, 1]);
  expect([...x.sort({ axis: 0 }).toTypedArray()]).toEqual([1, 2, 3, NaN]);
  expect([...x.sort({ axis: 0, descending: true }).toTypedArray()]).toEqual([3, 2, 1, NaN]);
});

it("finds the largest k along any axis", () => {
  const x = tensor([
    [5, 1, 9],
    [7, 8, 9],
  ]);
  const { values, indices } = x.topK(2);
  expect([...values.toTypedArray()]).toEqual([9, 5, 9, 8]);
  expect([indices.dtype, ...indices.toTypedArray()]).toEqual(["int32", 2, 0, 2, 1]);
  expect([...x.topK(1, { axis: 0 }).values.toTypedArray()]).toEqual([7, 8, 9]);
  expect(x.topK(0).values.shape).toEqual([2, 0]);
  expect(zeros([0, 3]).topK(2).values.shape).toEqual([0, 2]);
  expect(() => x.topK(4)).toThrow("topK: k must lie in 0..3 for axis -1 of [2, 3], got 4");
});
