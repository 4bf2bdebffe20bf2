import { unroll } from "@unroll/cells";
import { crossEntropy, Embedding, Linear, meanSquaredError, Module } from "@unroll/nn";

import { cells } from "./cells.js";

/** The network of a work, under the names that PyTorch gives the same parts. */
export class Model extends Module {
  #loss;

  constructor({ cell, layers, vocabulary, inputSize, hidden, loss }, runner = {}) {
    super();
    this.#loss = loss;
    if (vocabulary !== undefined) this.embedding = new Embedding(vocabulary, inputSize);
    this.rnn = unroll(cells[cell], { inputSize, hiddenSize: hidden, layers, ...runner });
    if (loss !== "none") this.head = new Linear(hidden, vocabulary ?? 1);
  }

  /** Logits `[batch, time, vocabulary]`; or, of the last state, `[batch, 1]`. */
  forward(inputs) {
    const { output, last } = this.rnn.forward(this.embedding?.forward(inputs) ?? inputs);
    return this.head.forward(this.#loss === "cross-entropy" ? output : last);
  }

  /** The scalar that is minimised. */
  loss(prediction, targets) {
    return this.#loss === "cross-entropy" ? crossEntropy(prediction, targets) : meanSquaredError(prediction, targets);
  }
}
