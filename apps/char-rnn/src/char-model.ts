import type { ModelState, SequenceModel } from "@unroll/bptt";
import { unroll, type Unrolled } from "@unroll/cells";
import { Embedding, Linear, Module } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { cells, type ModelSettings } from "./settings.js";

/** Predicts the next character: embedding, a stack of recurrent layers, a linear layer over the vocabulary. */
export class CharModel extends Module implements SequenceModel {
  readonly embedding: Embedding;
  readonly rnn: Unrolled;
  readonly head: Linear;

  constructor(vocabularySize: number, { cell, embedding, hidden, layers }: ModelSettings) {
    super();
    this.embedding = new Embedding(vocabularySize, embedding);
    this.rnn = unroll(cells[cell], { inputSize: embedding, hiddenSize: hidden, layers });
    this.head = new Linear(hidden, vocabularySize);
  }

  /** @param x - int32 `[batch, time]`; logits are `[batch, time, vocabulary]` */
  forward(x: Tensor, state?: ModelState): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(this.embedding.forward(x), { state });
    return { logits: this.head.forward(output), state: next };
  }
}
