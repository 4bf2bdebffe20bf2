import { referenceBackend, referenceKernels, tensor, withBackend, type Backend, type Storage, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { adam, adamw, averagedWeights, defineOptimizer, OptimizerError, rmsprop, sgd } from "./index.js";

const values = (x: Tensor | undefined): number[] => Array.from((x as Tensor).toTypedArray());
const parameters = { "head.weight": tensor([1, 2]), "head.bias": tensor([3]) };
const gradients = { "head.weight": tensor([1, 1]), "head.bias": tensor([1]) };

describe("groups", () => {
  it("may switch momentum on for some parameters only", () => {
    const optimizer = sgd({ learningRate: 1, groups: [{ match: "head.weight", momentum: 0.5 }] });
    const state = optimizer.init(parameters);
    expect(Object.keys(state.slots.momentum ?? {})).toEqual(["head.weight"]);
    const first = optimizer.update(gradients, state, parameters);
    const second = optimizer.update(gradients, first.state, first.parameters);
    expect(values(second.parameters["head.weight"])).toEqual([-1.5, -0.5]);
    expect(values(second.parameters["head.bias"])).toEqual([1]);
  });

  it("take the first that matches", () => {
    const optimizer = sgd({
      learningRate: 1,
      groups: [
        { match: (name) => name.endsWith("bias"), learningRate: 0 },
        { match: "head", learningRate: 0.5 },
      ],
    });
    const updated = optimizer.update(gradients, optimizer.init(parameters), parameters);
    expect(values(updated.parameters["head.bias"])).toEqual([3]);
    expect(values(updated.parameters["head.weight"])).toEqual([0.5, 1.5]);
  });

  it("must match something", () => {
    expect(() => adam({ groups: [{ match: /bais/, learningRate: 0 }] }).init(parameters)).toThrow(
      "adam: every group must match a parameter, got /bais/, which matches none of head.weight, head.bias",
    );
  });
});

describe("an update", () => {
  it("leaves parameters without a gradient alone", () => {
    const optimizer = adamw({ weightDecay: 0.5 });
    const state = optimizer.init(parameters);
    const updated = optimizer.update({ "head.bias": tensor([1]) }, state, parameters);
    expect(updated.parameters["head.weight"]).toBe(parameters["head.weight"]);
    expect(updated.state.slots.m?.["head.weight"]).toBe(state.slots.m?.["head.weight"]);
  });

  it("frees everything but the new parameters and slots", () => {
    const live = new Set<Storage>();
    const counting: Backend = {
      name: "counting",
      dtypes: referenceBackend.dtypes,
      kernels: referenceKernels,
      allocate(dtype, length) {
        const storage = referenceBackend.allocate(dtype, length);
        const dispose = storage.dispose.bind(storage);
        Object.assign(storage, {
          backend: counting,
          dispose: () => {
            live.delete(storage);
            dispose();
          },
        });
        live.add(storage);
        return storage;
      },
    };
    withBackend(counting, () => {
      const optimizer = rmsprop({ centred: true, momentum: 0.9, weightDecay: 0.1 });
      const weights = { p: tensor([1, 2]) };
      const g = { p: tensor([1, 1]) };
      const state = optimizer.init(weights);
      const before = live.size;
      optimizer.update(g, state, weights);
      expect(live.size - before).toBe(1 + 3);
    });
  });

  it("refuses the state of another optimizer", () => {
    const state = sgd({ learningRate: 1 }).init(parameters);
    expect(() => adam().update(gradients, state, parameters)).toThrow(/adam: the state needs slot m for head.weight, got none/);
    expect(() => averagedWeights(state)).toThrow(/wrap the optimizer with averageWeights/);
  });
});

describe("settings", () => {
  it.each([
    [() => adam({ beta1: 1 }), "adam: beta1 must be at least 0 and below 1, got 1"],
    [() => sgd({ learningRate: NaN }), "sgd: learningRate must be at least 0 and finite, got NaN"],
    [() => adamw({ weightDecay: -1 }), "adamw: weightDecay must be at least 0 and finite, got -1"],
  ])("are checked: %s", (make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(OptimizerError);
  });

  it("that are undefined count as left out", () => {
    const learningRate = undefined as unknown as number;
    const optimizer = adam({ learningRate });
    expect(optimizer.learningRate?.(optimizer.init({}))).toBe(1e-3);
  });
});

it("defineOptimizer makes one from a step", () => {
  const signSgd = defineOptimizer({
    name: "signSgd",
    defaults: { learningRate: 1e-3, weightDecay: 0 },
    slots: () => [],
    update: ({ parameter, gradient, learningRate }) => ({
      parameter: parameter.sub(gradient.sign().mul(learningRate)),
      slots: {},
    }),
  });
  const optimizer = signSgd({ learningRate: (step) => 1 / (step + 1) });
  const updated = optimizer.update(gradients, { step: 1, slots: {} }, parameters);
  expect(values(updated.parameters["head.weight"])).toEqual([0.5, 1.5]);
});
