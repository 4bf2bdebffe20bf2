import { checkpoint } from "@unroll/autograd";
import { createGenerator, normal, tensor, zeros, type Tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { constant, differentiate, Linear } from "./index.js";

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

it("nests on one module: what was bound before is bound again", () => {
  const layer = new Linear(1, 1, { bias: false, initializer: constant(2) });
  const x = tensor([[3]]);
  const outer = differentiate(layer, () => {
    const inner = differentiate(layer, () => layer.forward(x).square().sum());
    expect(inner.loss.item()).toBe(36);
    expect(inner.gradients["weight"]?.item()).toBe(36);
    // d/dw of (3w)^2 + 18w, where 18w is the inner gradient.
    return layer
      .forward(x)
      .square()
      .sum()
      .add((inner.gradients["weight"] as Tensor).sum());
  });
  expect(outer.gradients["weight"]?.item()).toBe(36 + 18);
  const failing = (): unknown =>
    differentiate(layer, () => {
      throw new Error("stop");
    });
  expect(differentiate(layer, () => (expect(failing).toThrow("stop"), layer.forward(x).sum())).gradients["weight"]?.item()).toBe(
    3,
  );
  expect(layer.weight.value.interpreter.level).toBe(0);
});

it("refuses losses that are no scalar tensors, whether recorded or not", () => {
  const layer = new Linear(1, 1);
  const of = (loss: unknown) => (): unknown => differentiate(layer, () => loss as Tensor);
  expect(of(Promise.resolve(zeros([])))).toThrow(/functions are synchronous and give tensors, got a promise/);
  expect(of(5)).toThrow("needs a tensor, got number");
  expect(of(undefined)).toThrow("needs a tensor, got undefined");
  expect(of(zeros([3]))).toThrow(/an output of shape \[3\] needs a seed/);
  expect(of(zeros([]))).not.toThrow();
});
