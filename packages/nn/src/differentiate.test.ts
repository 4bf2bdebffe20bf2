import { checkpoint } from "@unroll/autograd";
import { createGenerator, normal, type Tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { differentiate, Linear } from "./index.js";

it("gives checkpointed modules the gradients of plain ones, though they run again on the way back", () => {
  const layer = new Linear(3, 2).initialize({ seed: 1 });
  const x = normal([4, 3], { generator: createGenerator(2) });
  const values = (run: (x: Tensor) => Tensor): number[][] =>
    Object.values(differentiate(layer, () => run(x).square().sum()).gradients).map((gradient) =>
      Array.from(gradient.toTypedArray()),
    );
  const plain = values((input) => layer.forward(input).tanh());
  expect(values(checkpoint((input: Tensor) => layer.forward(input).tanh()))).toEqual(plain);
  expect(plain.flat().every((value) => value !== 0)).toBe(true);
});
