import { expect, it } from "vitest";

import printed from "../fixtures/printing.json" with { type: "json" };
import { arange, normal, ones, scalar, tensor, zeros, createGenerator, type DType } from "./index.js";

// NumPy wrote the texts; tooling/reference/tensor/printing.py made the fixture.
it.each(printed)("prints $values as NumPy does, in $dtype", ({ values, shape, dtype, text }) => {
  const made = tensor(
    values.map((value) => value ?? NaN),
    { dtype: dtype as DType },
  );
  expect(made.reshape(shape).toString()).toBe(`Tensor(${text}, shape=[${shape.join(", ")}], dtype=${dtype})`);
});

it("aligns columns and puts a blank line between matrices, as NumPy does", () => {
  expect(
    tensor([
      [1, 2.5],
      [3, NaN],
    ]).toString(),
  ).toBe("Tensor([[1. , 2.5],\n        [3. , NaN]], shape=[2, 2], dtype=float32)");
  expect(arange(4).reshape([2, 1, 2]).toString()).toBe("Tensor([[[0, 1]],\n\n        [[2, 3]]], shape=[2, 1, 2], dtype=int32)");
});

it("shortens and wraps long vectors", () => {
  expect(arange(1_000_000).toString()).toBe(
    "Tensor([     0,      1,      2, ..., 999997, 999998, 999999], shape=[1000000], dtype=int32)",
  );
  const lines = arange(200).toString().split("\n");
  expect(lines).toHaveLength(16);
  for (const line of lines.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(76);
});

it("prints scalars, empties and each dtype", () => {
  expect(scalar(0.1).toString()).toBe("Tensor(0.1, shape=[], dtype=float32)");
  expect(zeros([3, 0]).toString()).toBe("Tensor([], shape=[3, 0], dtype=float32)");
  expect(tensor([true, false]).toString()).toBe("Tensor([ true, false], shape=[2], dtype=bool)");
  expect(tensor([1e20, -Infinity], { dtype: "float64" }).toString()).toBe(
    "Tensor([   1.e+20, -Infinity], shape=[2], dtype=float64)",
  );
});

it.each([[[1000, 1000]], [[7, 7, 7, 7]], [new Array<number>(16).fill(2)], [[2, 2, 100_000]], [[100_000, 1, 2]]])(
  "never floods a terminal: %j",
  (shape) => {
    const lines = normal(shape, { generator: createGenerator(1) })
      .toString()
      .split("\n");
    expect(lines.length).toBeLessThan(300);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(160);
  },
);

it("keeps both ends of a shortened axis", () => {
  expect(ones([300]).cumsum({ axis: 0 }).toString()).toBe(
    "Tensor([  1.,   2.,   3., ..., 298., 299., 300.], shape=[300], dtype=float32)",
  );
});
