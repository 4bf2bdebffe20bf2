import { arange, fromTypedArray, ones, pad, withBackend, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { WasmBackend } from "../index.js";

// More than a vector of bytes, with every special value.
const special = [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-45, -1e-45, 3.5, -3.5];
const values = Float32Array.from({ length: 53 }, (_, index) => special[index % special.length] as number);
const others = Float32Array.from({ length: 53 }, (_, index) => special[(index * 5 + 3) % special.length] as number);

const list = (x: Tensor): number[] => Array.from(x.toTypedArray());

describe("comparisons, sign and casts keep to JavaScript's rules", async () => {
  const backend = await WasmBackend.create();
  const run = <R>(compute: (x: Tensor, y: Tensor) => R): R =>
    withBackend(backend, () => compute(fromTypedArray(values, [53]), fromTypedArray(others, [53])));
  const expected = (f: (a: number, b: number) => number | boolean): number[] =>
    Array.from(values, (a, index) => Number(f(a, others[index] as number)));

  it("compares", () => {
    expect(run((x, y) => list(x.equal(y)))).toEqual(expected((a, b) => a === b));
    expect(run((x, y) => list(x.less(y)))).toEqual(expected((a, b) => a < b));
    expect(run((x, y) => list(x.lessEqual(y)))).toEqual(expected((a, b) => a <= b));
    expect(run((x) => list(x.less(0)))).toEqual(expected((a) => a < 0));
  });

  it("compares integers beyond what float32 can tell apart", () => {
    const equal = run(() => {
      const n = fromTypedArray(
        Int32Array.from({ length: 20 }, (_, index) => 2 ** 24 + index),
        [20],
      );
      return list(n.equal(fromTypedArray(Int32Array.of(2 ** 24 + 1), [1])));
    });
    expect(equal).toEqual(Array.from({ length: 20 }, (_, index) => Number(index === 1)));
    expect(run(() => list(arange(3).equal(arange(3).reshape([3, 1]))))).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it("takes signs", () => {
    expect(run((x) => list(x.sign()))).toEqual(expected((a) => Math.sign(a)));
  });

  it("casts", () => {
    expect(run((x) => list(x.cast("bool")))).toEqual(expected((a) => a !== 0));
    expect(run((x) => list(x.cast("bool").cast("float32")))).toEqual(expected((a) => a !== 0));
    expect(run(() => list(arange(6, { start: -3 }).cast("float32")))).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5]);
  });

  it("pads any axes", () => {
    const padded = run(() => list(pad(ones([2, 1, 2]), { before: [1, 0, 1], after: [0, 1, 0], value: 7 })));
    expect(padded).toEqual([7, 7, 7, 7, 7, 7, 7, 1, 1, 7, 7, 7, 7, 1, 1, 7, 7, 7]);
  });
});
