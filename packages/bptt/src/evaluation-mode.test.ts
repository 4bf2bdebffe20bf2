import { gru, unroll } from "@unroll/cells";
import { crossEntropy, Dropout, Embedding, Linear, Module } from "@unroll/nn";
import { adam } from "@unroll/optim";
import { createGenerator, tensor, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  evaluate,
  fit,
  forecast,
  gradientFlow,
  measure,
  sample,
  type Batch,
  type ModelState,
  type SequenceModel,
} from "./index.js";

class Letters extends Module implements SequenceModel {
  embedding = new Embedding(4, 3);
  rnn = unroll(gru, { inputSize: 3, hiddenSize: 4 });
  dropout = new Dropout(0.5);
  head = new Linear(4, 4);
  forward(x: Tensor, state?: ModelState): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(this.embedding.forward(x), { state });
    return { logits: this.head.forward(this.dropout.forward(output)), state: next };
  }
}

const ids = tensor([[0, 1, 2, 3, 0]], { dtype: "int32" });
const batches: readonly Batch[] = [{ inputs: ids, targets: ids }];
const made = (): Letters => new Letters().initialize({ seed: 1 });
const draw = (model: Letters, temperature = 1): number[] => [
  ...sample(model, { prime: Int32Array.of(0), generator: createGenerator(1), length: 6, temperature }),
];

const readers: Readonly<Record<string, (model: Letters) => unknown>> = {
  evaluate: (model) => evaluate(model, batches, { loss: crossEntropy }),
  measure: (model) => measure(model, batches, { loss: crossEntropy }),
  forecast: (model) => forecast(model, ids, { steps: 2, nextInput: (logits) => logits.argmax({ axis: -1 }) }),
  gradientFlow: (model) => gradientFlow(model, batches[0] as Batch, { loss: crossEntropy }),
  sample: (model) => draw(model),
};

describe.each(Object.entries(readers))("%s", (_, read) => {
  it("leaves each module in its mode and draws no dropout", async () => {
    const model = made();
    model.dropout.training = true;
    const generators = model.generatorStates();
    await read(model);
    expect([model.training, model.dropout.training, model.head.training]).toEqual([false, true, false]);
    expect(model.generatorStates()).toEqual(generators);
  });
});

describe("sample", () => {
  it("draws the same while a model trains as afterwards", () => {
    const model = made();
    const expected = draw(model.evaluate(), 0);
    expect(draw(model.train(), 0)).toEqual(expected);
    expect(model.dropout.training).toBe(true);
  });

  it("leaves the model to its mode between two indices", () => {
    const model = made().train();
    for (const index of sample(model, { prime: Int32Array.of(0), generator: createGenerator(1), length: 2 })) {
      expect([index >= 0, model.dropout.training]).toEqual([true, true]);
    }
  });

  it("does not change a training that it watches", async () => {
    const trained = async (onStep?: (model: Letters) => unknown): Promise<number[]> => {
      const model = made();
      await fit(model, batches, { loss: crossEntropy, optimizer: adam(), epochs: 3, onStep: () => void onStep?.(model) });
      return Object.values(model.stateDict()).flatMap((x) => [...x.toTypedArray()]);
    };
    expect(await trained(draw)).toEqual(await trained());
  });
});
