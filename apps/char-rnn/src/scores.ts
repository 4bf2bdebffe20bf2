import { evaluate } from "@unroll/bptt";
import { contiguousBatches, ngramModel, unigramModel } from "@unroll/data";
import { crossEntropy } from "@unroll/nn";

import type { CharModel } from "./char-model.js";

/** Cross-entropies on the same text, in nats per character. */
export interface Scores {
  readonly network: number;
  readonly unigram: number;
  readonly trigram: number;
}

/** Reads a text as a few long rows, with the state carried on; at most seven rows' worth of characters lie idle at the end. */
export function networkLoss(model: CharModel, ids: Int32Array): number {
  const batchSize = Math.max(1, Math.min(8, Math.floor((ids.length - 1) / 64)));
  const sequenceLength = Math.max(1, Math.min(64, Math.floor((ids.length - 1) / batchSize)));
  return evaluate(model, contiguousBatches(ids, { batchSize, sequenceLength }), { loss: crossEntropy });
}

/** Counts the two baselines in `train` once, and gives what scores the network beside them on a held-out text. */
export function scorer(train: Int32Array, vocabularySize: number): (model: CharModel, heldOut: Int32Array) => Scores {
  const unigram = unigramModel(train, vocabularySize);
  const trigram = ngramModel(train, { order: 3, vocabularySize });
  return (model, heldOut) => ({
    network: networkLoss(model, heldOut),
    unigram: unigram.crossEntropy(heldOut),
    trigram: trigram.crossEntropy(heldOut),
  });
}

/** Scores as lines of text, best first. */
export function formatScores({ network, unigram, trigram }: Scores): string {
  const rows: [string, number][] = [
    ["this network", network],
    ["3-gram, interpolated", trigram],
    ["unigram", unigram],
  ];
  return rows
    .sort(([, a], [, b]) => a - b)
    .map(([name, loss]) => `  ${name.padEnd(22)}${loss.toFixed(4)} nats/char  (perplexity ${Math.exp(loss).toFixed(2)})`)
    .join("\n");
}
