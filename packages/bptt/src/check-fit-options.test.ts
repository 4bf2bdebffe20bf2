import { meanSquaredError, Linear, Module } from "@unroll/nn";
import { sgd, type OptimizerState } from "@unroll/optim";
import { ones, type Tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { accuracy, fit, type FitOptions, type SequenceModel } from "./index.js";

class Line extends Module implements SequenceModel {
  layer = new Linear(1, 1);
  forward(x: Tensor): Tensor {
    return this.layer.forward(x);
  }
}

const batches = [{ inputs: ones([1, 2, 1]), targets: ones([1, 2, 1]) }];
const save = (): void => undefined;
const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }) };

it.each<[string, Partial<FitOptions<OptimizerState>>]>([
  ["fit: accumulate must be a positive integer, got 0", { accumulate: 0 }],
  ["fit: validation.every must be a positive integer, got 0.5", { validation: { batches, every: 0.5 } }],
  ["fit: earlyStopping.patience must be a positive integer, got 0", { validation: { batches }, earlyStopping: { patience: 0 } }],
  ["fit: checkpoint.every needs steps, minutes or epochs, got none", { checkpoint: { every: {}, save } }],
  ["fit: checkpoint.every.steps must be a positive integer, got 0", { checkpoint: { every: { steps: 0 }, save } }],
  ["fit: checkpoint.every.minutes must be at least 0, got -1", { checkpoint: { every: { minutes: -1 }, save } }],
  ["fit: epochs must be a whole number, 0 or more, or Infinity, got -1", { epochs: -1 }],
  ["fit: epochs must be a whole number, 0 or more, or Infinity, got 1.5", { epochs: 1.5 }],
  [
    "fit: earlyStopping.minimumImprovement must be at least 0 and finite, got NaN",
    { validation: { batches }, earlyStopping: { patience: 1, minimumImprovement: NaN } },
  ],
  [
    "fit: earlyStopping.monitor.metric must be one of validation.metrics, accuracy, got loss; leave monitor out to watch the loss",
    {
      validation: { batches, metrics: { accuracy } },
      earlyStopping: { patience: 1, monitor: { metric: "loss", better: "lower" } },
    },
  ],
])("%s", async (message, wrong) => {
  const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }), ...wrong };
  await expect(fit(new Line(), batches, options)).rejects.toMatchObject({ code: "option", message });
});

// What the types forbid, and a program without types may still say.
it.each<[string, Record<string, unknown>]>([
  ["fit: loss must be a function (predictions, targets, { mask }) => scalar, got undefined", { loss: undefined }],
  ["fit: optimizer must have init and update, got undefined; give adam(), for one", { optimizer: undefined }],
  ["fit: clip must be either { maxNorm } or { maxValue }, got 1", { clip: 1 }],
  ["fit: clip must be either { maxNorm } or { maxValue }, got {  }", { clip: {} }],
  ["fit: clip must be either { maxNorm } or { maxValue }, got { maxNorm, maxValue }", { clip: { maxNorm: 1, maxValue: 1 } }],
  ["fit: clip.maxNorm must be above 0, got 0", { clip: { maxNorm: 0 } }],
  ["fit: clip.maxValue must be above 0, got NaN", { clip: { maxValue: NaN } }],
  ["fit: resetState must be one of batch, epoch, never, document, got batches", { resetState: "batches" }],
  ["fit: bptt needs integers k1 >= 1 and k2 a multiple of k1, got k1 = undefined, k2 = undefined", { bptt: "ful" }],
  ["fit: checkpoint.every must be one of steps, minutes, epochs, got step", { checkpoint: { every: { step: 1 }, save } }],
  ["fit: checkpoint.every needs steps, minutes or epochs, got none", { checkpoint: { save } }],
  ["fit: checkpoint.save must be a function of the checkpoint, got undefined", { checkpoint: { every: { steps: 1 } } }],
  [
    "fit: earlyStopping.monitor.better must be one of higher, lower, got max",
    {
      validation: { batches, metrics: { accuracy } },
      earlyStopping: { patience: 1, monitor: { metric: "accuracy", better: "max" } },
    },
  ],
  ["fit: validation.batches must be iterable, got undefined; give an array of batches { inputs, targets }", { validation: {} }],
  [
    "fit: resume must be a state { step, epoch, batch, optimizer, … }, got {  }; give the `training` of a checkpoint",
    { resume: {} },
  ],
  [
    "fit: resume must be a state { step, epoch, batch, optimizer, … }, got { model, training }; give the `training` of a checkpoint",
    { resume: { model: {}, training: {} } },
  ],
  ["loss: must return a scalar tensor, got 3; take the mean() of what it computes, without await or item()", { loss: () => 3 }],
  [
    "loss: must return a scalar tensor, got a promise; take the mean() of what it computes, without await or item()",
    { loss: () => Promise.resolve(ones([])) },
  ],
  [
    "loss: must return a scalar tensor, got a tensor [1, 2, 1]; take the mean() of what it computes, without await or item()",
    { loss: (a: Tensor, b: Tensor) => a.sub(b) },
  ],
])("%s", async (message, wrong) => {
  const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }), ...wrong };
  await expect(fit(new Line(), batches, options)).rejects.toMatchObject({ name: "TrainingError", code: "option", message });
});

it.each<[string, unknown[]]>([
  ["fit: the model must be a Module with forward(inputs, state), got undefined", []],
  ["fit: loss must be a function (predictions, targets, { mask }) => scalar, got undefined", [new Line(), batches]],
  [
    "fit: batches must be iterable, got { inputs, targets }; give an array of batches { inputs, targets }",
    [new Line(), batches[0], options],
  ],
  [
    "fit: batches must be iterable, got a promise; give an array of batches { inputs, targets }",
    [new Line(), () => Promise.resolve(batches), options],
  ],
  ["fit: a batch must have tensors as inputs and targets, got { x }", [new Line(), [{ x: 1 }], options]],
  ["fit: a batch must have tensors as inputs and targets, got undefined", [new Line(), [undefined], options]],
])("%s", async (message, wrong) => {
  const call = fit as (...given: unknown[]) => Promise<unknown>;
  await expect(call(...wrong)).rejects.toMatchObject({ name: "TrainingError", code: "option", message });
});

it.each([undefined, { prediction: ones([1]) }])("refuses a model whose forward gives %s", async (given) => {
  class Silent extends Line {
    override forward(): Tensor {
      return given as unknown as Tensor;
    }
  }
  await expect(fit(new Silent(), batches, options)).rejects.toMatchObject({
    code: "model",
    message: `model: forward must give a tensor, { logits, state } or { output, state }, got ${given && "{ prediction }"}`,
  });
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
