import { expect, it } from "vitest";

import { full, tensor, zeros } from "../index.js";

it("takes means and variances over any axes", () => {
  const x = tensor([[1, 2, 3, 6]], { dtype: "float64" });
  expect(x.mean().item()).toBe(3);
  expect(x.variance().item()).toBe(3.5);
  expect(x.variance({ axes: 1, correction: 1 }).item()).toBeCloseTo(14 / 3, 12);
  expect(x.mean({ axes: 0 }).shape).toEqual([4]);
  expect(zeros([0]).mean().item()).toBeNaN();
});

it("does not wrap in the mean of integers", () => {
  expect(full([4], 2_000_000_000, { dtype: "int32" }).mean().item()).toBe(2_000_000_000);
  expect(tensor([true, false, true, true]).mean().item()).toBe(0.75);
});

it("keeps the variance of numbers far from 0", () => {
  expect(tensor([100_000, 100_001, 100_002]).variance().item()).toBeCloseTo(2 / 3, 6);
});

it("sums exponentials without overflow, up to the infinities", () => {
  const x = tensor([1, 2, 3, 6], { dtype: "float64" });
  const expected = 1000 + Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3) + Math.exp(6));
  expect(x.add(1000).logSumExp({ axes: 0 }).item()).toBeCloseTo(expected, 9);
  expect(tensor([-Infinity, -Infinity]).logSumExp().item()).toBe(-Infinity);
  expect(tensor([-Infinity, 3]).logSumExp().item()).toBe(3);
  expect(tensor([Infinity, 3]).logSumExp().item()).toBe(Infinity);
  expect(tensor([NaN, 3]).logSumExp().item()).toBeNaN();
  expect([...zeros([2, 0]).logSumExp({ axes: 1 }).toTypedArray()]).toEqual([-Infinity, -Infinity]);
});
