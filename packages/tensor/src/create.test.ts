import { describe, expect, it } from "vitest";

import { arange, fromBuffer, oneHot, stack, tensor, zeros } from "./index.js";

describe("fromBuffer", () => {
  it("copies bytes at any alignment", () => {
    const bytes = new Uint8Array(9);
    new Uint8Array(bytes.buffer, 1).set(new Uint8Array(Float32Array.of(1.5, -2).buffer));
    const x = fromBuffer(bytes.buffer, [2], { byteOffset: 1 });
    bytes.fill(0);
    expect([...x.toTypedArray()]).toEqual([1.5, -2]);
  });

  it("reads each dtype, and views of a buffer", () => {
    const doubles = Float64Array.of(0, 0.1, 0.2);
    expect([...fromBuffer(doubles.subarray(1), [2], { dtype: "float64" }).toTypedArray()]).toEqual([0.1, 0.2]);
    expect([...fromBuffer(Uint8Array.of(0, 2), [2], { dtype: "bool" }).toTypedArray()]).toEqual([0, 1]);
    expect(fromBuffer(new ArrayBuffer(0), [3, 0], { dtype: "int32" }).shape).toEqual([3, 0]);
  });

  it("refuses a buffer that is too short", () => {
    expect(() => fromBuffer(new ArrayBuffer(8), [2], { byteOffset: 4 })).toThrow(
      "fromBuffer: [2] of float32 needs 8 bytes from byte 4 on, got 8 bytes in all",
    );
  });
});

it("marks one class per index", () => {
  expect([...oneHot(tensor([2, 0], { dtype: "int32" }), 3).toTypedArray()]).toEqual([0, 0, 1, 1, 0, 0]);
  expect(oneHot(zeros([0], { dtype: "int32" }), 3).shape).toEqual([0, 3]);
});

it("makes, stacks and takes apart zero-length axes", () => {
  expect(tensor([[], []]).shape).toEqual([2, 0]);
  expect(arange(0).shape).toEqual([0]);
  expect(stack([zeros([0, 2]), zeros([0, 2])], { axis: -1 }).shape).toEqual([0, 2, 2]);
  expect(zeros([0, 2]).unstack({ axis: 0 })).toEqual([]);
  expect(
    zeros([2, 0])
      .unstack({ axis: 0 })
      .map((x) => x.shape),
  ).toEqual([[0], [0]]);
  expect(zeros([0, 3]).reshape([-1, 3]).shape).toEqual([0, 3]);
  expect(() => stack([], { axis: 0 })).toThrow("stack: needs at least one tensor");
});
