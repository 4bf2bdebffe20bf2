import { lstm, unroll } from "@unroll/cells";
import { reberBatch, reberSymbols } from "@unroll/data";
import { binaryCrossEntropy, differentiate, Embedding, Linear, Module } from "@unroll/nn";
import { adam } from "@unroll/optim";
import { createGenerator, type Tensor } from "@unroll/tensor";

import { ranksLegalSymbolsFirst } from "./ranks-legal-symbols-first.js";

class Predictor extends Module {
  readonly embedding = new Embedding(reberSymbols.length, reberSymbols.length);
  readonly rnn = unroll(lstm, { inputSize: reberSymbols.length, hiddenSize: 16 });
  readonly head = new Linear(16, reberSymbols.length);
  forward(inputs: Tensor): Tensor {
    return this.head.forward(this.rnn.forward(this.embedding.forward(inputs)).output);
  }
}

/** Training sequences, one per update, after which 256 fresh strings are all learned; undefined if not by `limit`. */
export function solveEmbeddedReber(seed: number, limit: number): number | undefined {
  const model = new Predictor().initialize({ seed });
  const optimizer = adam({ learningRate: 0.01 });
  let state = optimizer.init(model.stateDict());
  const generator = createGenerator(seed);
  const unseen = createGenerator(seed + 1000);
  const draw = (source: typeof generator) => reberBatch({ batchSize: 1, generator: source, grammar: "embedded" });
  const learned = (): boolean => {
    const { inputs, targets } = draw(unseen);
    return ranksLegalSymbolsFirst(model.forward(inputs).toTypedArray(), targets.toTypedArray(), reberSymbols.length);
  };
  for (let sequences = 1; sequences <= limit; sequences++) {
    const { inputs, targets } = draw(generator);
    const { gradients } = differentiate(model, () => binaryCrossEntropy(model.forward(inputs), targets));
    const updated = optimizer.update(gradients, state, model.stateDict());
    state = updated.state;
    model.loadStateDict(updated.parameters);
    if (sequences % 100 === 0 && Array.from({ length: 256 }).every(learned)) return sequences;
  }
  return undefined;
}
