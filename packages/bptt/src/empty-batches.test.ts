import { gru, unroll } from "@unroll/cells";
import { meanSquaredError, Module } from "@unroll/nn";
import { sgd } from "@unroll/optim";
import { createGenerator, normal, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  evaluate,
  fit,
  measure,
  type Batch,
  type Batches,
  type ModelState,
  type SequenceModel,
  type Truncation,
} from "./index.js";

class Series extends Module implements SequenceModel {
  rnn = unroll(gru, { inputSize: 1, hiddenSize: 1 });
  forward(x: Tensor, state?: ModelState): { output: Tensor; state: ModelState } {
    return this.rnn.forward(x, { state });
  }
}

const made = (): Series => new Series().initialize({ seed: 1 });
const batch = (seed: number, time = 4): Batch => ({
  inputs: normal([2, time, 1], { generator: createGenerator(seed) }),
  targets: normal([2, time, 1], { generator: createGenerator(seed + 100) }),
});
const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }), epochs: 3 };
const weights = (model: Module): number[] => Object.values(model.stateDict()).flatMap((x) => [...x.toTypedArray()]);
const once = function* (...batches: Batch[]): Generator<Batch> {
  yield* batches;
};

describe("a batch without steps or rows", () => {
  const trained = async (data: readonly Batch[], bptt: Truncation): Promise<number[]> => {
    const model = made();
    await fit(model, data, { ...options, bptt, resetState: "never" });
    return weights(model);
  };

  it.each(["full", { k1: 2, k2: 4 }] as const)("is passed over, and the state is carried on: %s", async (bptt) => {
    const expected = await trained([batch(1), batch(2)], bptt);
    for (const empty of [batch(9, 0), { inputs: zeros([0, 4, 1]), targets: zeros([0, 4, 1]) }]) {
      expect(await trained([empty, batch(1), empty, batch(2), empty], bptt)).toEqual(expected);
    }
  });

  it("begins anew where it is the first, as any other", async () => {
    const first = { ...batch(9, 0), first: true };
    const anew = await trained([batch(1), { ...batch(2), first: true }], "full");
    expect(await trained([batch(1), first, batch(2)], "full")).toEqual(anew);
    const model = made();
    await fit(model, [batch(9, 0), batch(1), batch(2)], options);
    const other = made();
    await fit(other, [batch(1), batch(2)], options);
    expect(weights(model)).toEqual(weights(other));
  });

  it("does not count in an evaluation", async () => {
    const expected = evaluate(made(), [batch(1), batch(2)], options);
    expect(evaluate(made(), [batch(9, 0), batch(1), batch(9, 0), batch(2)], options)).toBe(expected);
    expect(await measure(made(), [batch(9, 0)], options)).toEqual({ loss: NaN, elements: 0, metrics: {} });
  });
});

describe("batches that can be read once", () => {
  it("are an error in the second epoch", async () => {
    await expect(fit(made(), once(batch(1)), options)).rejects.toMatchObject({
      code: "option",
      message:
        "fit: epoch 1 must give its batches anew, at least 1, got 0; an iterator can be read once: pass an array, or a function of the epoch",
    });
    expect((await fit(made(), () => once(batch(1)), options)).state.step).toBe(3);
    expect((await fit(made(), [], options)).state.epoch).toBe(3);
  });

  it("are an error where a resumed epoch lacks what it had", async () => {
    const stop = new AbortController();
    const model = made();
    const { state } = await fit(model, [batch(1), batch(2)], { ...options, signal: stop.signal, onStep: () => stop.abort() });
    await expect(fit(model, once(), { ...options, resume: state })).rejects.toThrow(/epoch 0 must give .*, at least 1, got 0/);
  });

  it.each<[string, () => Batches]>([
    ["an iterator", () => once(batch(1))],
    ["nothing", () => []],
  ])("are an error of the validation: %s", async (_, open) => {
    await expect(fit(made(), [batch(1)], { ...options, validation: { batches: open() } })).rejects.toThrow(
      "fit: validation must measure something each time, got no element that counts; an iterator can be read once: pass an array, or what iterates anew",
    );
  });
});

it("takes an epoch without batches from a function of the epoch", async () => {
  const model = made();
  await fit(model, (epoch) => (epoch === 1 ? [] : [batch(1)]), options);
  const other = made();
  await fit(other, [batch(1)], { ...options, epochs: 2 });
  expect(weights(model)).toEqual(weights(other));
});
