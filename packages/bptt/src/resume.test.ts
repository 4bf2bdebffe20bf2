import { gru, unroll } from "@unroll/cells";
import { Dropout, meanSquaredError, Module } from "@unroll/nn";
import { adam, reduceOnPlateau, sgd, type Optimizer, type OptimizerState } from "@unroll/optim";
import { createGenerator, normal, Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { fit, type Batch, type FitOptions, type FitState, type ModelState, type SequenceModel } from "./index.js";

class Series extends Module implements SequenceModel {
  dropout = new Dropout(0.3);
  rnn = unroll(gru, { inputSize: 1, hiddenSize: 1 });
  forward(x: Tensor, state?: ModelState): { output: Tensor; state: ModelState } {
    return this.rnn.forward(this.dropout.forward(x), { state });
  }
}

const batch = (seed: number): Batch => ({
  inputs: normal([2, 4, 1], { generator: createGenerator(seed) }),
  targets: normal([2, 4, 1], { generator: createGenerator(seed + 100) }),
});
const data = [1, 2, 3, 4, 5].map(batch);
const made = (): Series => new Series().initialize({ seed: 1 });
const weights = (model: Module): number[] => Object.values(model.stateDict()).flatMap((x) => [...x.toTypedArray()]);
const copy = <T>(value: T): T =>
  (typeof value !== "object" || value === null
    ? value
    : Tensor.isTensor(value)
      ? value.toDense().copy()
      : Array.isArray(value)
        ? value.map(copy)
        : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]))) as T;

interface Taken {
  readonly weights: Record<string, Tensor>;
  readonly state: FitState<OptimizerState>;
  readonly batchDone: boolean;
}

// The state of every step, and the weights.
async function trained(options: FitOptions<OptimizerState>): Promise<{ taken: Taken[]; end: number[]; steps: number }> {
  const model = made();
  const taken: Taken[] = [];
  const onStep: typeof options.onStep = ({ state, batchDone }) =>
    void taken.push({ weights: model.stateDict(), state: copy(state), batchDone });
  const { state } = await fit(model, data, { ...options, onStep });
  return { taken, end: weights(model), steps: state.step };
}

describe("the state that onStep hears", () => {
  const base: FitOptions<OptimizerState> = {
    loss: meanSquaredError,
    optimizer: reduceOnPlateau(adam({ learningRate: 0.05 }), { patience: 0, factor: 0.5, threshold: 0.5 }),
    bptt: { k1: 2, k2: 4 },
    clip: { maxNorm: 0.5 },
    epochs: 3,
  };

  it.each<[string, Partial<FitOptions<OptimizerState>>]>([
    ["validated every so many updates", { validation: { batches: [batch(50)], every: 4 }, earlyStopping: { patience: 50 } }],
    ["validated at the end of an epoch", { validation: { batches: [batch(50)] }, earlyStopping: { patience: 50 } }],
    ["stopped early", { validation: { batches: [batch(50)], every: 3 }, earlyStopping: { patience: 2 } }],
    [
      "with updates left over",
      { validation: { batches: [batch(50)], every: 1 }, earlyStopping: { patience: 50 }, accumulate: 4 },
    ],
  ])("goes on to the same bits from every end of a batch: %s", async (_, changed) => {
    const options = { ...base, ...changed };
    const { taken, end, steps } = await trained(options);
    const ends = taken.filter(({ batchDone }) => batchDone);
    expect(ends.length).toBeGreaterThan(2);
    for (const { weights: saved, state } of ends) {
      const model = made().loadStateDict(saved);
      const result = await fit(model, data, { ...options, resume: state });
      expect([result.state.step, ...weights(model)]).toEqual([steps, ...end]);
    }
  });

  it("is refused between two windows", async () => {
    const { taken } = await trained(base);
    const { weights: saved, state } = taken.find(({ batchDone }) => !batchDone) as Taken;
    await expect(fit(made().loadStateDict(saved), data, { ...base, resume: state })).rejects.toThrow(
      "fit: resume must be a state of the end of a batch, got one between two windows; take it where batchDone is true",
    );
  });
});

describe("a state that was gone on from", () => {
  it("may hold an optimizer without a state", async () => {
    const plain: Optimizer<undefined> = {
      name: "plain",
      init: () => undefined,
      update: (gradients, state, parameters) => ({
        parameters: Object.fromEntries(
          Object.entries(parameters).map(([name, x]) => [name, x.sub((gradients[name] as Tensor).mul(0.1))]),
        ),
        state,
      }),
    };
    const once = { loss: meanSquaredError, optimizer: plain };
    const { state } = await fit(made(), data, once);
    expect((await fit(made(), data, { ...once, epochs: 2, resume: state })).state.epoch).toBe(2);
  });

  it("cannot be used again", async () => {
    const options = { loss: meanSquaredError, optimizer: adam() };
    const { state } = await fit(made(), data, options);
    await fit(made(), data, { ...options, epochs: 2, resume: state });
    await expect(fit(made(), data, { ...options, epochs: 2, resume: state })).rejects.toThrow(
      "fit: resume must hold its tensors, got a state whose tensors were freed; fit takes them over: load the checkpoint again, or give a copy",
    );
  });
});

describe("early stopping", () => {
  const validation = { batches: [batch(50)], every: 1 };
  const still = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0 }), epochs: 9, validation };

  it("leaves the state at the next batch, from which more patience goes on", async () => {
    const stopped = await fit(made(), data, { ...still, earlyStopping: { patience: 2 } });
    expect(stopped.stopped).toBe("early");
    expect([stopped.state.step, stopped.state.epoch, stopped.state.batch]).toEqual([3, 0, 3]);
    expect(stopped.loss).toBeGreaterThan(0);
    const again = await fit(made(), data, { ...still, earlyStopping: { patience: 2 }, resume: stopped.state });
    expect([again.stopped, again.state.step, again.loss]).toEqual(["early", 3, stopped.loss]);
    const more = await fit(made(), data, { ...still, earlyStopping: { patience: 4 }, resume: again.state });
    expect([more.stopped, more.state.step, more.state.epoch, more.state.batch]).toEqual(["early", 5, 0, 5]);
    const later = await fit(made(), data, { ...still, earlyStopping: { patience: 5 }, resume: more.state });
    expect([later.stopped, later.state.step, later.state.epoch, later.state.batch]).toEqual(["early", 6, 1, 1]);
  });

  it.each(["higher", "lower"] as const)("never takes NaN for the best, where %s is better", async (better) => {
    const figures = [NaN, NaN, 1, NaN, 1, better === "higher" ? 2 : 0, NaN];
    const improved: boolean[] = [];
    const { state, stopped } = await fit(made(), data, {
      ...still,
      epochs: 1 + 1,
      validation: { ...validation, metrics: { figure: () => figures.shift() ?? NaN } },
      earlyStopping: { patience: 4, monitor: { metric: "figure", better } },
      onValidation: (event) => void improved.push(event.improved),
    });
    expect(improved).toEqual([false, false, true, false, false, true, false, false, false, false]);
    expect([stopped, state.best?.value, state.best?.step]).toEqual(["early", better === "higher" ? 2 : 0, 6]);
  });

  it("stops and keeps the last weights where every figure is NaN", async () => {
    const model = made();
    const seen: number[][] = [];
    const { stopped, state } = await fit(model, data, {
      ...still,
      optimizer: sgd({ learningRate: 0.1 }),
      validation: { ...validation, metrics: { figure: () => NaN } },
      earlyStopping: { patience: 3, monitor: { metric: "figure", better: "lower" } },
      onStep: () => void seen.push(weights(model)),
    });
    expect([stopped, state.step]).toEqual(["early", 3]);
    expect(weights(model)).toEqual(seen.at(-1));
  });
});
