import { lstm, unroll } from "@unroll/cells";
import { crossEntropy, Embedding, Linear, Module } from "@unroll/nn";
import { sgd } from "@unroll/optim";
import { tensor, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  accuracy,
  evaluate,
  fit,
  measure,
  type Batch,
  type ForwardOptions,
  type ModelState,
  type SequenceModel,
} from "./index.js";

class Tagger extends Module implements SequenceModel {
  embedding = new Embedding(3, 2);
  rnn = unroll(lstm, { inputSize: 2, hiddenSize: 3 });
  head = new Linear(3, 3);

  forward(x: Tensor, state?: ModelState, { lengths }: ForwardOptions = {}): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(this.embedding.forward(x), { state, lengths });
    return { logits: this.head.forward(output), state: next };
  }
}

const ids = (rows: readonly (readonly number[])[]): Tensor => tensor(rows, { dtype: "int32" });
const made = (): Tagger => new Tagger().initialize({ seed: 3 });
const weights = (model: Module): number[] => Object.values(model.stateDict()).flatMap((x) => Array.from(x.toTypedArray()));
const padded: Batch = {
  inputs: ids([
    [0, 1, 2, 1, 0, 2],
    [2, 1, 0, 0, 0, 0],
    [1, 1, 0, 2, 0, 0],
  ]),
  targets: ids([
    [1, 2, 1, 0, 2, 0],
    [1, 0, 2, 0, 0, 0],
    [1, 0, 2, 2, 0, 0],
  ]),
  lengths: Int32Array.of(6, 3, 4),
};
const alone: Batch[] = [6, 3, 4].map((length, row) => {
  const cut = (x: Tensor): Tensor => x.slice({ axis: 0, start: row, stop: row + 1 }).slice({ axis: 1, stop: length });
  return { inputs: cut(padded.inputs), targets: cut(padded.targets) };
});

describe("a batch of rows of different lengths", () => {
  const options = { loss: crossEntropy, optimizer: sgd({ learningRate: 1 }), resetState: "batch" } as const;

  it("makes the update that its rows make together", async () => {
    const [together, apart] = [made(), made()];
    const one = await fit(together, [padded], options);
    const three = await fit(apart, alone, { ...options, accumulate: 3 });
    expect(one.loss).toBeCloseTo(three.loss, 6);
    weights(together).forEach((value, index) => expect(value).toBeCloseTo(weights(apart)[index] as number, 5));
  });

  it("counts only what is real, cut through or whole, and in measuring", async () => {
    const still = { ...options, optimizer: sgd({ learningRate: 0 }) };
    const counted: number[] = [];
    const cut = await fit(made(), [padded], {
      ...still,
      bptt: { k1: 2, k2: 4 },
      onStep: ({ elements }) => void counted.push(elements),
    });
    expect(counted).toEqual([6, 5, 2]);
    expect(cut.loss).toBeCloseTo(evaluate(made(), [padded], options), 6);
    const metrics = { accuracy };
    const [whole, rows] = [
      await measure(made(), [padded], { ...options, metrics }),
      await measure(made(), alone, { ...options, metrics }),
    ];
    expect(whole.metrics.accuracy).toBeCloseTo(rows.metrics.accuracy as number, 6);
    expect(whole.loss).toBeCloseTo(rows.loss, 6);
  });

  it("takes a mask in place of its lengths", () => {
    const mask = tensor([
      [0, 0, 0, 0, 0, 1],
      [0, 0, 1, 0, 0, 0],
      [0, 0, 0, 1, 0, 0],
    ]);
    const lastOnly = evaluate(made(), [{ ...padded, mask }], options);
    const rows = alone.map(({ inputs, targets }) => ({
      inputs,
      targets,
      mask: tensor([Array.from({ length: inputs.shape[1] as number }, (_, t) => Number(t === (inputs.shape[1] as number) - 1))]),
    }));
    expect(lastOnly).toBeCloseTo(evaluate(made(), rows, options), 6);
  });
});

it("learns one target per sequence", async () => {
  class Classifier extends Module implements SequenceModel {
    embedding = new Embedding(3, 4);
    rnn = unroll(lstm, { inputSize: 4, hiddenSize: 6 });
    head = new Linear(6, 2);
    forward(x: Tensor): Tensor {
      return this.head.forward(this.rnn.forward(this.embedding.forward(x)).last);
    }
  }
  // Which of 0 and 1 comes first.
  const batch: Batch = {
    inputs: ids([
      [0, 2, 1],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]),
    targets: tensor([0, 1, 0, 1], { dtype: "int32" }),
  };
  const model = new Classifier().initialize({ seed: 1 });
  const { loss } = await fit(model, [batch], { loss: crossEntropy, optimizer: sgd({ learningRate: 1 }), epochs: 60 });
  expect(loss).toBeLessThan(0.1);
  await expect(
    fit(model, [batch], { loss: crossEntropy, optimizer: sgd({ learningRate: 1 }), bptt: { k1: 1, k2: 1 } }),
  ).rejects.toThrow(/needs a target per step/);
});
