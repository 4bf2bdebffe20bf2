import { referenceBackend, referenceKernels, tensor, withBackend, type Backend, type Storage, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { adam, adamw, averagedWeights, averageWeights, defineOptimizer, OptimizerError, rmsprop, sgd } from "./index.js";

const values = (x: Tensor | undefined): number[] => Array.from((x as Tensor).toTypedArray());
const parameters = { "head.weight": tensor([1, 2]), "head.bias": tensor([3]) };
const averagedAdam = averageWeights(adam());
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

describe("an update checks", () => {
  const weights = { w: tensor([1, 2]), v: tensor([3, 4]) };
  const ones = { w: tensor([1, 1]), v: tensor([1, 1]) };
  const failure = (
    change: Record<string, unknown>,
    optimizer = sgd({ learningRate: 1 }),
    state = optimizer.init(weights),
  ): unknown => {
    try {
      return optimizer.update({ ...ones, ...change }, state, weights);
    } catch (error) {
      return error;
    }
  };

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a shape that would change the parameter's",
      {
        w: tensor([
          [1, 1],
          [1, 1],
        ]),
      },
      "[2] float32, got [2, 2] float32",
    ],
    ["a shape that broadcasts", { w: tensor([1]) }, "[2] float32, got [1] float32"],
    [
      "a length that would run into the next of a block",
      { w: tensor([1, 1, 1]), v: tensor([1]) },
      "[2] float32, got [3] float32",
    ],
    ["another dtype", { w: tensor([1, 1], { dtype: "float64" }) }, "[2] float32, got [2] float64"],
    ["what is no tensor", { w: [1, 1] }, "[2] float32, got 1,1"],
  ])("the gradients: %s", (_, change, found) => {
    for (const optimizer of [sgd({ learningRate: 1 }), adam(), averagedAdam]) {
      expect(failure(change, optimizer)).toMatchObject({
        name: "OptimizerError",
        code: "gradient",
        message: `${optimizer.name}: the gradient of w must have its shape and dtype, ${found}; take it for these very parameters`,
      });
    }
  });

  it("their names", () => {
    expect(failure({ x: tensor([1, 1]) })).toMatchObject({
      code: "gradient",
      message: "sgd: every gradient needs a parameter of its name, got x, which is none of w, v",
    });
    expect(failure({ w: undefined })).toMatchObject({ parameters: { w: weights.w } });
  });

  it("the slots of its state", () => {
    const other = { w: tensor([[1, 2]]), v: tensor([3, 4]) };
    const got = "must have its shape and dtype, [2] float32, got [1, 2] float32; the state may come from another model";
    expect(failure({}, adam(), adam().init(other))).toMatchObject({
      code: "state",
      message: `adam: slot m for w ${got}: start from init(parameters)`,
    });
    const averaged = averageWeights(sgd({ learningRate: 1 }));
    const { state } = averaged.update({}, averaged.init(other), other);
    expect(failure({}, averaged, state)).toMatchObject({
      code: "state",
      message: `sgd: slot average for w ${got}: start from init(parameters)`,
    });
  });

  it.each([NaN, -1, Infinity, undefined])("the rate of a schedule: %s", (rate) => {
    expect(failure({}, sgd({ learningRate: () => rate as number }))).toMatchObject({
      code: "option",
      message: `sgd: the learning rate after 0 updates must be at least 0 and finite, got ${rate}`,
    });
  });
});

describe("settings", () => {
  it.each([
    [() => adam({ beta1: 1 }), "adam: beta1 must be at least 0 and below 1, got 1"],
    [() => sgd({ learningRate: NaN }), "sgd: learningRate must be at least 0 and finite, got NaN"],
    [() => adamw({ weightDecay: -1 }), "adamw: weightDecay must be at least 0 and finite, got -1"],
    [() => sgd({} as { learningRate: number }), "sgd: learningRate must be at least 0 and finite, got NaN"],
    [() => sgd({ learningRate: 1, nesterov: true }), "sgd: nesterov needs a momentum above 0, got 0"],
    [() => sgd({ learningRate: 1, groups: [{ match: "w", nesterov: true }] }), "sgd: nesterov needs a momentum above 0, got 0"],
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
