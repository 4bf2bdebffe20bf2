import { fit, type Batch } from "@unroll/bptt";
import { lstmCell } from "@unroll/cells";
import { countingBatch, countingSymbols } from "@unroll/data";
import { binaryCrossEntropy } from "@unroll/nn";
import { adam } from "@unroll/optim";
import { createGenerator, type Generator } from "@unroll/tensor";

import { acceptedRange } from "./accepted-range.js";
import { SymbolModel } from "./symbol-model.js";
import type { Task } from "./task.js";

const cell = /* @__PURE__ */ lstmCell({ forgetBias: 3 });
const hiddenSize = 3;
const batchSize = 8;
const updates = 2_000;
const most = { trained: 10, tried: 1_000 };

/**
 * The context-free language a^n b^n, learned from short strings and tried on longer ones.
 *
 * Source: F. A. Gers and J. Schmidhuber, "LSTM recurrent networks learn simple context-free and context-sensitive languages", IEEE
 * Transactions on Neural Networks 12(6), 2001.
 */
export const anbn: Task = {
  title: "aⁿbⁿ",
  method:
    `LSTM, ${hiddenSize} units, forget bias 3, one-hot symbols; binary cross-entropy, Adam at 0.02, gradient norm at most 1. ` +
    `${updates.toLocaleString("en")} updates of ${batchSize} strings each, n from 1 to ${most.trained}. A string is accepted when at every step ` +
    `exactly the legal symbols have a probability above 1/2: tried with n = 1, 2, … up to ${most.tried.toLocaleString("en")}, until one is not.`,
  figure: "accepts n from 1 to",
  target: `every seed accepts at least n = 1 to ${most.trained}`,
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  isMet: (figures) => figures.every((figure) => figure >= most.trained),
  async train(seed, signal) {
    const model = new SymbolModel(cell, { symbols: countingSymbols.length, hiddenSize }).initialize({ seed });
    await fit(model, draw(createGenerator(seed)), {
      loss: binaryCrossEntropy,
      optimizer: adam({ learningRate: 0.02 }),
      clip: { maxNorm: 1 },
      resetState: "batch",
      signal,
    });
    return signal.aborted ? NaN : acceptedRange(model, { most: most.tried });
  },
};

function* draw(generator: Generator): Iterable<Batch> {
  for (let index = 0; index < updates; index++) {
    yield countingBatch({ batchSize, generator, language: "anbn", most: most.trained });
  }
}
