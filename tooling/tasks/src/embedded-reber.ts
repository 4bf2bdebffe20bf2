import { fit, type Batch } from "@unroll/bptt";
import { lstm } from "@unroll/cells";
import { reberBatch, reberSymbols, type TaskBatch } from "@unroll/data";
import { binaryCrossEntropy } from "@unroll/nn";
import { adam } from "@unroll/optim";
import { createGenerator, disposeTree, scope, type Generator } from "@unroll/tensor";

import { median } from "./median.js";
import { ranksLegalSymbolsFirst } from "./ranks-legal-symbols-first.js";
import { SymbolModel } from "./symbol-model.js";
import type { Task } from "./task.js";

const strings = 256;
const checkEvery = 100;
const limit = 30_000;
const published = 8_440;

/**
 * Next symbols of embedded Reber strings, learned one string per update.
 *
 * Source of protocol, criterion and figure: S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997,
 * experiment 1 and its table of results, the row with the fewest sequences at which all trials succeed.
 */
export const embeddedReber: Task = {
  title: "Embedded Reber grammar",
  method:
    `LSTM, 32 units, one-hot symbols; binary cross-entropy, Adam at 0.01, gradient norm at most 1. An update per string, picked from ${strings}. ` +
    `Learned when in all of these and in ${strings} fresh strings each legal symbol has a larger output than any other, at every step: ` +
    `looked at every ${checkEvery} strings, ${limit.toLocaleString("en")} at most.`,
  figure: "training sequences",
  target: `every seed learns, the median within ${published.toLocaleString("en")} sequences`,
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  isMet: (figures) => figures.every(Number.isFinite) && median(figures) <= published,
  async train(seed, signal) {
    const generator = createGenerator(seed);
    const unseen = generator.stream("test");
    const model = new SymbolModel(lstm, { symbols: reberSymbols.length, hiddenSize: 32 }).initialize({ seed });
    const trainingSet = Array.from({ length: strings }, () => draw(1, generator));
    const learned = new AbortController();
    let figure = Infinity;
    await fit(model, () => Array.from({ length: checkEvery }, () => trainingSet[generator.integer(strings)] as Batch), {
      loss: binaryCrossEntropy,
      optimizer: adam({ learningRate: 0.01 }),
      clip: { maxNorm: 1 },
      epochs: limit / checkEvery,
      resetState: "batch",
      signal: AbortSignal.any([signal, learned.signal]),
      onStep: ({ step }) => {
        if (step % checkEvery !== 0) return;
        const knowsAll = trainingSet.every((batch) => predicts(model, batch));
        if (!knowsAll || !scope(() => predicts(model, draw(strings, unseen)))) return;
        figure = step;
        learned.abort();
      },
    });
    disposeTree(trainingSet);
    return figure;
  },
};

function draw(batchSize: number, generator: Generator): TaskBatch {
  return reberBatch({ batchSize, generator, grammar: "embedded" });
}

function predicts(model: SymbolModel, { inputs, targets, lengths }: TaskBatch): boolean {
  return scope(() => {
    const { logits } = model.forward(inputs, undefined, { lengths });
    return ranksLegalSymbolsFirst(logits.toTypedArray(), targets.toTypedArray(), reberSymbols.length);
  });
}
