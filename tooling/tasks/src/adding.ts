import { evaluate, fit, type Batch, type SequenceModel } from "@unroll/bptt";
import { gru, lstm, manyToOne, unroll, type Cell } from "@unroll/cells";
import { addingBatch } from "@unroll/data";
import { Linear, meanSquaredError, Module } from "@unroll/nn";
import { adam, cosineDecay } from "@unroll/optim";
import { createGenerator, type Generator, type Tensor } from "@unroll/tensor";

import type { Task } from "./task.js";

const cells = { lstm, gru } as const;
const hiddenSize = 64;
const batchSize = 32;
const length = 100;
const updates = 2_500;
const testBatches = 64;
const largest = 1e-3;

/**
 * Two marked numbers of a hundred are to be added up: the answer 1 has a mean squared error of 1/6.
 *
 * Source: Q. V. Le, N. Jaitly and G. E. Hinton, "A simple way to initialize recurrent networks of rectified linear units", arXiv
 * 1504.00941, section 4.1.
 */
export function adding(name: keyof typeof cells): Task {
  return {
    title: `Adding problem, T = ${length}, ${name.toUpperCase()}`,
    method:
      `${name.toUpperCase()}, ${hiddenSize} units; mean squared error, Adam from 0.01 down a cosine, gradient norm at most 1. ` +
      `${updates.toLocaleString("en")} updates of ${batchSize} new rows each; then the error on ${(testBatches * batchSize).toLocaleString("en")} other rows.`,
    figure: "test MSE",
    target: `every seed below ${largest}, where answering 1 has 1/6`,
    seeds: [1, 2, 3],
    isMet: (figures) => figures.every((figure) => figure < largest),
    async train(seed, signal) {
      const generator = createGenerator(seed);
      const model = new Adder(cells[name]).initialize({ seed });
      await fit(model, draw(updates, generator), {
        loss: meanSquaredError,
        optimizer: adam({ learningRate: cosineDecay(0.01, { steps: updates }) }),
        clip: { maxNorm: 1 },
        resetState: "batch",
        signal,
      });
      return signal.aborted ? NaN : evaluate(model, draw(testBatches, generator.stream("test")), { loss: meanSquaredError });
    },
  };
}

class Adder extends Module implements SequenceModel {
  readonly rnn;
  readonly head = new Linear(hiddenSize, 1);

  constructor(cell: Cell) {
    super();
    this.rnn = unroll(cell, { inputSize: 2, hiddenSize });
  }

  forward(inputs: Tensor): Tensor {
    return this.head.forward(manyToOne(this.rnn, inputs));
  }
}

function* draw(count: number, generator: Generator): Iterable<Batch> {
  for (let index = 0; index < count; index++) yield addingBatch({ batchSize, generator, length, protocol: "le2015" });
}
