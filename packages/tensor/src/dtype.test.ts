import { describe, expect, it } from "vitest";

import { arange, createGenerator, fromBuffer, fromTypedArray, full, pad, tensor, uniform, zeros, type DType } from "./index.js";

const dtypes: readonly DType[] = ["bool", "int32", "float32", "float64"];
const later = (a: DType, b: DType): DType => (dtypes.indexOf(a) > dtypes.indexOf(b) ? a : b);

describe("promotion", () => {
  it("takes the later of bool, int32, float32, float64, and no arithmetic stays bool", () => {
    for (const a of dtypes) {
      for (const b of dtypes) {
        const left = zeros([1], { dtype: a });
        const right = zeros([1], { dtype: b });
        expect(left.add(right).dtype).toBe(later(later(a, b), "int32"));
        expect(left.maximum(right).dtype).toBe(later(a, b));
        expect(left.div(right).dtype).toBe(later(later(a, b), "float32"));
        expect(left.less(right).dtype).toBe("bool");
      }
    }
  });

  it("gives a number the dtype beside it, where it fits", () => {
    const integers = tensor([1], { dtype: "int32" });
    expect(integers.add(2).dtype).toBe("int32");
    expect(integers.add(2.5).dtype).toBe("float32");
    expect(integers.add(3e9).dtype).toBe("float32");
    expect(integers.add(NaN).dtype).toBe("float32");
    expect(tensor([1], { dtype: "float64" }).mul(0.1).item()).toBe(0.1);
    expect(tensor([1]).mul(0.1).dtype).toBe("float32");
  });
});

describe("int32", () => {
  it("wraps modulo 2^32 in arithmetic, sums and products", () => {
    const largest = tensor([2147483647, 2147483647, 3], { dtype: "int32" });
    expect(largest.sum().item()).toBe((2147483647 * 2 + 3) | 0);
    expect(largest.prod().item()).toBe(Math.imul(Math.imul(2147483647, 2147483647), 3));
    expect(tensor([-2147483648], { dtype: "int32" }).neg().item()).toBe(-2147483648);
    expect(tensor([-2147483648], { dtype: "int32" }).abs().item()).toBe(-2147483648);
  });

  it("divides to float32, up to the infinities", () => {
    expect([...tensor([1, -1, 0], { dtype: "int32" }).div(0).toTypedArray()]).toEqual([Infinity, -Infinity, NaN]);
  });

  it("comes from floats by truncation modulo 2^32; NaN and infinities give 0", () => {
    const x = tensor([1.9, -1.9, NaN, Infinity, 2 ** 32 + 5], { dtype: "float64" }).cast("int32");
    expect([...x.toTypedArray()]).toEqual([1, -1, 0, 0, 5]);
  });
});

it("counts NaN as true", () => {
  expect([...tensor([0, -0, NaN, 0.1]).cast("bool").toTypedArray()]).toEqual([0, 0, 1, 1]);
  expect([...tensor([0, -0, NaN, 0.1], { dtype: "bool" }).toTypedArray()]).toEqual([0, 0, 1, 1]);
});

it("holds 0 and 1 in bools, wherever they come from", () => {
  const generator = createGenerator(1);
  const made = [
    fromTypedArray(Uint8Array.of(2, 0, 7), [3]),
    fromBuffer(Uint8Array.of(2, 0, 7), [3], { dtype: "bool" }),
    arange(3, { dtype: "bool" }),
    uniform([20], { generator, low: -9, high: 9, dtype: "bool" }),
    pad(tensor([true]), { before: [1], after: [1], value: 5 }),
    pad(tensor([true]), { before: [1], after: [1], value: 0.5 }),
    full([2], NaN, { dtype: "bool" }),
  ];
  for (const x of made) for (const value of x.toTypedArray()) expect([0, 1]).toContain(value);
  expect(made.map((x) => x.sum().item())).toEqual([2, 2, 2, expect.any(Number), 3, 3, 2]);
});

it("gives float32 for numbers among booleans", () => {
  expect(tensor([true, 2.5]).dtype).toBe("float32");
  expect([...tensor([true, 2.5]).toTypedArray()]).toEqual([1, 2.5]);
});

it("takes numbers as truths", () => {
  const x = tensor([0, 2]);
  expect([...x.logicalAnd(3).toTypedArray(), ...x.logicalOr(0).toTypedArray()]).toEqual([0, 1, 0, 1]);
  expect(x.logicalAnd(1).dtype).toBe("bool");
});
