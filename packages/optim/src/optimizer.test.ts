import { Tape } from "@unroll/autograd";
import { tensor, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { adam, clipByGlobalNorm, sgd, type Optimizer, type OptimizerState } from "./index.js";

const values = (x: Tensor | undefined): number[] => Array.from((x as Tensor).toTypedArray());

// Minimises p^4 / 4 - p from 2 in float64: the gradient is p^3 - 1.
function trajectory(optimizer: Optimizer<OptimizerState>, steps: number): number[] {
  let parameters: Record<string, Tensor> = { p: tensor([2], { dtype: "float64" }) };
  let state = optimizer.init(parameters);
  return Array.from({ length: steps }, () => {
    const p = parameters.p as Tensor;
    ({ parameters, state } = optimizer.update({ p: p.pow(3).sub(1) }, state, parameters));
    return (parameters.p as Tensor).item();
  });
}

function closeTo(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 12));
}

describe("optimizers follow their papers on plain numbers", () => {
  it("adam", () => {
    let [p, m, v] = [2, 0, 0];
    const expected = Array.from({ length: 10 }, (_, index) => {
      const g = p ** 3 - 1;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      p -= (0.1 * (m / (1 - 0.9 ** (index + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (index + 1))) + 1e-8);
      return p;
    });
    closeTo(trajectory(adam({ learningRate: 0.1 }), 10), expected);
  });

  it.each([
    [0, false],
    [0.9, false],
    [0.9, true],
  ])("sgd, momentum %s, nesterov %s", (momentum, nesterov) => {
    let [p, b] = [2, 0];
    const expected = Array.from({ length: 10 }, () => {
      const g = p ** 3 - 1;
      b = momentum * b + g;
      p -= 0.01 * (nesterov ? g + momentum * b : b);
      return p;
    });
    closeTo(trajectory(sgd({ learningRate: 0.01, momentum, nesterov }), 10), expected);
  });
});

describe("clipByGlobalNorm", () => {
  const gradients = { a: tensor([3, 0]), b: tensor([[4]]) };

  it("scales all gradients together", () => {
    const { gradients: clipped, norm } = clipByGlobalNorm(gradients, { maxNorm: 1 });
    expect(norm).toBe(5);
    expect(values(clipped.a)[0]).toBeCloseTo(0.6, 6);
    expect(values(clipped.b)[0]).toBeCloseTo(0.8, 6);
  });

  it("leaves small ones alone", () => {
    expect(clipByGlobalNorm(gradients, { maxNorm: 10 }).gradients).toBe(gradients);
  });

  it("lets a tape look through it: d/da of a times maxNorm / norm, the norm held fixed", () => {
    const tape = new Tape();
    const a = tape.variable(tensor([3, 4]));
    const { gradients: clipped } = clipByGlobalNorm({ a }, { maxNorm: 1 });
    const [slope] = tape.gradients((clipped["a"] as Tensor).sum(), [a]);
    values(slope).forEach((value) => expect(value).toBeCloseTo(0.2, 6));
  });
});
