import { createGenerator, normal, referenceBackend, setBackend, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  adagrad,
  adam,
  adamw,
  averageWeights,
  lion,
  mapNamed,
  rmsprop,
  sgd,
  type Named,
  type Optimizer,
  type OptimizerState,
} from "./index.js";

const shapes: Readonly<Record<string, readonly number[]>> = {
  "embedding.weight": [13, 7],
  "rnn.weight": [20, 5],
  "rnn.bias": [20],
  "rnn.initial": [],
  "head.weight": [3, 0],
  "head.bias": [3],
  "large.weight": [300, 300],
};
const draw = (seed: number): Record<string, Tensor> => {
  const generator = createGenerator(seed);
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, normal(shape, { generator })]));
};
// Some gradients are missing at the third step.
const gradientsAt = (step: number): Named =>
  Object.fromEntries(Object.entries(draw(step)).filter(([name]) => step !== 3 || !name.endsWith("bias")));
const bits = (named: Named): Record<string, number[]> =>
  Object.fromEntries(Object.entries(named).map(([name, x]) => [name, [...x.toTypedArray()]]));
const steps = [1, 2, 3, 4, 5];

const mapSlots = (slots: OptimizerState["slots"], change: (x: Tensor) => Tensor): OptimizerState["slots"] =>
  Object.fromEntries(Object.entries(slots).map(([slot, named]) => [slot, mapNamed(named, change)]));
const only = (named: Named, name: string): Named => (named[name] === undefined ? {} : { [name]: named[name] });
const withoutOthers = (state: OptimizerState, name: string): OptimizerState => ({
  ...state,
  slots: Object.fromEntries(Object.entries(state.slots).map(([slot, named]) => [slot, only(named, name)])),
});

const optimizers: Readonly<Record<string, Optimizer<OptimizerState>>> = {
  sgd: sgd({ learningRate: 0.1 }),
  nesterov: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  adagrad: adagrad(),
  rmsprop: rmsprop({ centred: true, momentum: 0.5 }),
  adam: adam({ groups: [{ match: "rnn", learningRate: 0.5, beta1: 0.5 }] }),
  adamw: adamw({ amsgrad: true, excludeFromDecay: /bias/ }),
  lion: lion({ weightDecay: 0.1, excludeFromDecay: /bias/, groups: [{ match: /bias/, learningRate: 0.3 }] }),
  "weight average": averageWeights(adam()),
};

describe.each(["reference", "wasm"])("on the %s backend, parameters that step together", (backend) => {
  beforeAll(async () => {
    if (backend === "wasm") await useWasm();
  });
  afterAll(() => void setBackend(referenceBackend));

  it.each(Object.entries(optimizers))("move as each would alone, bit for bit: %s", (_, optimizer) => {
    let together = draw(0);
    let state = optimizer.init(together);
    const alone = Object.entries(draw(0)).map(([name, parameter]) => ({
      name,
      parameters: { [name]: parameter },
      state: withoutOthers(state, name),
    }));
    for (const step of steps) {
      const gradients = gradientsAt(step);
      ({ parameters: together, state } = optimizer.update(gradients, state, together));
      // From a checkpoint, the slots come one by one.
      if (step === 4) state = { ...state, slots: mapSlots(state.slots, (x) => x.copy()) };
      for (const one of alone) {
        const gradient = gradients[one.name];
        Object.assign(one, optimizer.update(gradient === undefined ? {} : { [one.name]: gradient }, one.state, one.parameters));
        expect(bits(one.parameters)[one.name]).toEqual(bits(together)[one.name]);
        for (const [slot, named] of Object.entries(one.state.slots)) {
          expect([slot, bits(named)]).toEqual([slot, bits({ [one.name]: state.slots[slot]?.[one.name] as Tensor })]);
        }
      }
    }
  });

  it("lie in storages of their own, so that one may be freed without the others", () => {
    const optimizer = adam();
    const { parameters, state } = optimizer.update(gradientsAt(1), optimizer.init(draw(0)), draw(0));
    const before = bits(parameters);
    parameters["rnn.bias"]?.dispose();
    expect(bits({ ...parameters, "rnn.bias": draw(0)["rnn.bias"] as Tensor })["head.bias"]).toEqual(before["head.bias"]);
    expect(new Set(Object.values(parameters).map((x) => x.toDense().storage)).size).toBe(Object.keys(shapes).length);
    expect(state.slots.m?.["rnn.bias"]?.toDense().storage).toBe(state.slots.m?.["head.bias"]?.toDense().storage);
  });
});
