import { meanSquaredError, Linear, Module } from "@unroll/nn";
import { sgd, type OptimizerState } from "@unroll/optim";
import { ones, type Tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { fit, type FitOptions, type SequenceModel } from "./index.js";

class Line extends Module implements SequenceModel {
  layer = new Linear(1, 1);
  forward(x: Tensor): Tensor {
    return this.layer.forward(x);
  }
}

const batches = [{ inputs: ones([1, 2, 1]), targets: ones([1, 2, 1]) }];
const save = (): void => undefined;

it.each<[string, Partial<FitOptions<OptimizerState>>]>([
  ["fit: accumulate must be a positive integer, got 0", { accumulate: 0 }],
  ["fit: validation.every must be a positive integer, got 0.5", { validation: { batches, every: 0.5 } }],
  ["fit: earlyStopping.patience must be a positive integer, got 0", { validation: { batches }, earlyStopping: { patience: 0 } }],
  ["fit: checkpoint.every needs steps, minutes or epochs, got none", { checkpoint: { every: {}, save } }],
  ["fit: checkpoint.every.steps must be positive and whole, got 0", { checkpoint: { every: { steps: 0 }, save } }],
])("%s", async (message, wrong) => {
  const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }), ...wrong };
  await expect(fit(new Line(), batches, options)).rejects.toMatchObject({ code: "option", message });
});

it("trains a model without state, on an array, on a stream and for no epochs", async () => {
  const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }), epochs: 20 };
  const stream = async function* (): AsyncGenerator<(typeof batches)[number]> {
    await Promise.resolve();
    yield { inputs: ones([1, 2, 1]), targets: ones([1, 2, 1]) };
  };
  const array = await fit(new Line().initialize({ seed: 1 }), batches, options);
  const streamed = await fit(new Line().initialize({ seed: 1 }), stream, options);
  expect(array.state.step).toBe(20);
  expect(streamed.loss).toBe(array.loss);
  expect((await fit(new Line(), batches, { ...options, epochs: 0 })).state.step).toBe(0);
});
