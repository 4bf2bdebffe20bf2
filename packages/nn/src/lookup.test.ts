import { tensor, type Tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { differentiate, Embedding, lookupOf } from "./index.js";

it("finds where an embedding read what it gave", () => {
  const embedding = new Embedding(3, 2).initialize({ seed: 1 });
  const indices = tensor([[2, 0]], { dtype: "int32" });
  const x = embedding.forward(indices);
  const { table, indices: read } = lookupOf(x) ?? {};
  expect(table === embedding.weight.value && read === indices).toBe(true);
  expect(Array.from(x.toTypedArray())).toEqual(Array.from(embedding.weight.take(indices, { axis: 0 }).toTypedArray()));
  expect(lookupOf(x.mul(1))).toBeUndefined();
});

it("takes indices from the end, those of padding too", () => {
  const [first, last] = [0, -3].map((paddingIndex) => new Embedding(3, 2, { paddingIndex }).initialize({ seed: 1 }));
  expect(last?.paddingIndex).toBe(0);
  const gradientOf = (embedding: Embedding | undefined, values: number[]): number[] => {
    const indices = tensor(values, { dtype: "int32" });
    const { gradients } = differentiate(embedding as Embedding, () =>
      (embedding as Embedding).forward(indices).add(1).square().sum(),
    );
    return Array.from((gradients["weight"] as Tensor).toTypedArray());
  };
  for (const [fromStart, fromEnd] of [
    [
      [2, 0, 0],
      [-1, -3, 0],
    ],
    [
      [2, 0, 0, 1, 2, 0, 1],
      [-1, -3, 0, -2, 2, -3, 1],
    ],
  ] as const) {
    const expected = gradientOf(first, [...fromStart]);
    expect(expected.slice(0, 2)).toEqual([0, 0]);
    expect(gradientOf(first, [...fromEnd])).toEqual(expected);
    expect(gradientOf(last, [...fromEnd])).toEqual(expected);
  }
  const plain = new Embedding(3, 2);
  expect(() => plain.forward(tensor([-4], { dtype: "int32" }))).toThrow(/indices must lie in -3\.\.2, got -4/);
  expect(() => plain.forward(3 as unknown as Tensor)).toThrow("Embedding: indices must be a tensor, got number");
});

it("keeps gradients from the vector of padding, in the table or one by one", () => {
  const embedding = new Embedding(3, 2, { paddingIndex: 0 }).initialize({ seed: 1 });
  const few = tensor([[2, 0, 0]], { dtype: "int32" });
  const many = tensor([[2, 0, 0, 1, 2, 0, 1]], { dtype: "int32" });
  expect([few, many].map((indices) => lookupOf(embedding.forward(indices)) !== undefined)).toEqual([false, true]);
  const gradientOf = (indices: Tensor): number[] => {
    const { gradients } = differentiate(embedding, () => embedding.forward(indices).add(1).square().sum());
    return Array.from((gradients["weight"] as Tensor).toTypedArray());
  };
  const once = [1, 2].flatMap((row) =>
    [0, 1].map((column) => 2 * ((embedding.weight.value.toTypedArray()[2 * row + column] as number) + 1)),
  );
  expect(gradientOf(few).map((x) => x.toFixed(5))).toEqual([0, 0, 0, 0, ...once.slice(2)].map((x) => x.toFixed(5)));
  expect(gradientOf(many).map((x) => x.toFixed(5))).toEqual([0, 0, ...once.map((x) => 2 * x)].map((x) => x.toFixed(5)));
});
