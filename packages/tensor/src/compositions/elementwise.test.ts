import fc from "fast-check";
import { expect, it } from "vitest";

import { fromTypedArray, tensor } from "../index.js";

it("rounds down as Math.floor does", () => {
  const any = fc.oneof(fc.double(), fc.double({ min: -1e10, max: 1e10 }), fc.integer().map(Number));
  fc.assert(
    fc.property(fc.array(any, { maxLength: 8 }), (values) => {
      const floors = (data: Float32Array | Float64Array): number[] =>
        Array.from(fromTypedArray(data, [data.length]).floor().toTypedArray(), (x) => x + 0);
      const expected = (data: Float32Array | Float64Array): number[] => Array.from(data, (x) => Math.floor(x) + 0);
      const wide = Float64Array.from(values);
      expect(floors(wide)).toEqual(expected(wide));
      const narrow = Float32Array.from(values);
      expect(floors(narrow)).toEqual(expected(narrow));
    }),
  );
});

it("tells NaN and infinities from numbers, in any dtype", () => {
  const x = tensor([NaN, Infinity, -Infinity, 0, -1]);
  expect([...x.isNaN().toTypedArray()]).toEqual([1, 0, 0, 0, 0]);
  expect([...x.isFinite().toTypedArray()]).toEqual([0, 0, 0, 1, 1]);
  expect([...tensor([1, 2], { dtype: "int32" }).isNaN().toTypedArray()]).toEqual([0, 0]);
});

it("keeps softplus and gelu finite where they should be", () => {
  expect([...tensor([-1000, 0, 1000], { dtype: "float64" }).softplus().toTypedArray()]).toEqual([0, Math.log(2), 1000]);
  expect(tensor(1, { dtype: "float64" }).gelu().item()).toBeCloseTo(0.841192, 6);
});
