import { tensor, type Tensor } from "@unroll/tensor";
import { afterAll, describe, expect, it } from "vitest";

import fixture from "../fixtures/trajectories.json" with { type: "json" };
import {
  adagrad,
  adam,
  adamw,
  averagedWeights,
  averageWeights,
  clipByGlobalNorm,
  clipByValue,
  cosineDecay,
  exponentialDecay,
  lion,
  mapNamed,
  oneCycle,
  reduceOnPlateau,
  rmsprop,
  sgd,
  stepDecay,
  warmUp,
  type Named,
  type Optimizer,
  type OptimizerState,
} from "./index.js";

// The fixture holds what PyTorch did with the same options in float64; tooling/reference/optim/trajectories.py made it.
interface Run {
  readonly optimizer: Optimizer<OptimizerState>;
  readonly clip?: (gradients: Named) => Named;
  readonly losses?: readonly number[];
}

const swing = { learningRate: 0.05, momentum: 0.9 };
const bias = "rnn.bias";
const runs: Readonly<Record<keyof typeof fixture.runs, Run>> = {
  sgd: { optimizer: sgd({ learningRate: 0.05 }) },
  "sgd momentum": { optimizer: sgd(swing) },
  "sgd nesterov": { optimizer: sgd({ ...swing, nesterov: true }) },
  "sgd weight decay": { optimizer: sgd({ ...swing, weightDecay: 0.1 }) },
  adagrad: { optimizer: adagrad({ learningRate: 0.1 }) },
  "adagrad weight decay": { optimizer: adagrad({ learningRate: 0.1, weightDecay: 0.1 }) },
  rmsprop: { optimizer: rmsprop({ learningRate: 0.02 }) },
  "rmsprop centred": { optimizer: rmsprop({ learningRate: 0.02, centred: true }) },
  "rmsprop momentum": { optimizer: rmsprop({ learningRate: 0.02, momentum: 0.9 }) },
  "rmsprop centred momentum decay": {
    optimizer: rmsprop({ learningRate: 0.02, smoothing: 0.9, epsilon: 1e-6, centred: true, momentum: 0.5, weightDecay: 0.1 }),
  },
  adam: { optimizer: adam({ learningRate: 0.1 }) },
  "adam betas": { optimizer: adam({ learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-4 }) },
  "adam weight decay": { optimizer: adam({ learningRate: 0.1, weightDecay: 0.1 }) },
  amsgrad: { optimizer: adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.6, amsgrad: true }) },
  adamw: { optimizer: adamw({ learningRate: 0.1, weightDecay: 0.1 }) },
  "adamw amsgrad": { optimizer: adamw({ learningRate: 0.1, beta1: 0.5, beta2: 0.6, weightDecay: 0.1, amsgrad: true }) },
  lion: { optimizer: lion({ learningRate: 0.01 }) },
  "lion weight decay": { optimizer: lion({ learningRate: 0.01, weightDecay: 0.1 }) },
  groups: {
    optimizer: adamw({ learningRate: 0.1, weightDecay: 0.1, groups: [{ match: bias, learningRate: 0.01, beta1: 0.8 }] }),
  },
  "decay exclusion": { optimizer: adamw({ learningRate: 0.1, weightDecay: 0.1, excludeFromDecay: /bias/ }) },
  "clip by norm": { optimizer: sgd(swing), clip: (gradients) => clipByGlobalNorm(gradients, { maxNorm: 1.5 }).gradients },
  "clip by value": { optimizer: sgd(swing), clip: (gradients) => clipByValue(gradients, { maxValue: 0.5 }) },
  "weight average": { optimizer: averageWeights(adam({ learningRate: 0.1 }), { decay: 0.8 }) },
  step: { optimizer: sgd({ learningRate: stepDecay(0.05, { every: 4, factor: 0.5 }) }) },
  exponential: { optimizer: sgd({ learningRate: exponentialDecay(0.05, { factor: 0.9 }) }) },
  cosine: { optimizer: sgd({ learningRate: cosineDecay(0.05, { steps: 12, minimum: 0.001 }) }) },
  "one-cycle": { optimizer: sgd({ learningRate: oneCycle(0.05, { steps: 13 }) }) },
  "warm-up, then exponential": {
    optimizer: adam({ learningRate: warmUp(exponentialDecay(0.1, { factor: 0.8 }), { steps: 4, from: 0.25 }) }),
  },
  plateau: {
    optimizer: reduceOnPlateau(sgd({ learningRate: 0.05 }), { factor: 0.5, patience: 1 }),
    losses: [3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 0.5, 0.5],
  },
};

const shapes: Readonly<Record<string, readonly number[]>> = { "rnn.weight": [2, 2], "rnn.bias": [2] };
const tensors = (values: Readonly<Record<string, readonly number[]>>): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(values).map(([name, flat]) => [name, tensor(flat, { dtype: "float64" }).reshape(shapes[name] as number[])]),
  );
const flatten = (named: Named): number[] => Object.values(named).flatMap((x) => Array.from(x.toTypedArray()));

// The largest difference over all steps, relative to the larger of the number and 1e-3 of the largest number.
function difference(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
  const floor = 1e-3 * Math.max(...expected.flat().map(Math.abs));
  return Math.max(
    ...expected.flatMap((row, step) =>
      row.map((value, index) => Math.abs((actual[step]?.[index] ?? NaN) - value) / Math.max(Math.abs(value), floor)),
    ),
  );
}

describe("optimizers follow PyTorch step by step", () => {
  const table: string[] = [];
  afterAll(() => console.log(["largest relative difference from PyTorch, float64", ...table].join("\n")));

  it.each(Object.entries(runs))("%s", (name, { optimizer, clip = (gradients) => gradients, losses }) => {
    const expected: { path: number[][]; rates: number[]; average?: number[][] } = fixture.runs[name as keyof typeof runs];
    let parameters = tensors(fixture.initial);
    let state = optimizer.init(parameters);
    const rates: number[][] = [];
    const averages: number[][] = [];
    const path = fixture.targets.map((target, step) => {
      const targets = tensors(target);
      const gradients = mapNamed(parameters, (p, parameter) =>
        p
          .mul(p)
          .mul(p)
          .sub(targets[parameter] as Tensor),
      );
      rates.push([optimizer.learningRate?.(state) ?? NaN]);
      ({ parameters, state } = optimizer.update(clip(gradients), state, parameters));
      if (expected.average !== undefined) averages.push(flatten(averagedWeights(state)));
      if (losses !== undefined) state = optimizer.observe?.(state, losses[step] as number) ?? state;
      return flatten(parameters);
    });
    const worst = Math.max(
      difference(path, expected.path),
      difference(
        rates,
        expected.rates.map((rate) => [rate]),
      ),
      expected.average === undefined ? 0 : difference(averages, expected.average),
    );
    table.push(`${name.padEnd(32)} ${worst.toExponential(1)}`);
    expect(state.step).toBe(fixture.targets.length);
    expect(worst).toBeLessThan(1e-6);
  });
});
