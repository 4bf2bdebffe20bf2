import { createGenerator, normal, setBackend, type Tensor } from "@unroll/tensor";
import { beforeAll, expect, it } from "vitest";

import { WasmBackend } from "../index.js";

beforeAll(async () => {
  setBackend(await WasmBackend.create());
});

const generator = createGenerator(3);
const bits = (x: Tensor): number[] => [...x.toTypedArray()];

it.each([
  [32, 8],
  [7, 37],
  [300, 100],
  [513, 41],
])("gives a row the same bits in any batch and however a right operand [%d, %d] lies", (k, n) => {
  const rows = normal([14, k], { generator });
  const weight = normal([k, n], { generator });
  const turned = weight.transpose().copy();
  const expected = bits(rows.matmul(weight));
  for (const right of [weight, turned.transpose()]) {
    // The second use finds the operand packed.
    for (const count of [1, 1, 2, 2, 3, 5, 14]) {
      const products = Array.from({ length: Math.floor(14 / count) }, (_, index) =>
        bits(rows.slice({ axis: 0, start: index * count, stop: (index + 1) * count }).matmul(right)),
      );
      expect(products.flat()).toEqual(expected.slice(0, Math.floor(14 / count) * count * n));
    }
  }
});
