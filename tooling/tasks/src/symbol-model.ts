import type { ForwardOptions, ModelState, SequenceModel } from "@unroll/bptt";
import { unroll, type Cell } from "@unroll/cells";
import { Linear, Module } from "@unroll/nn";
import { oneHot, type Tensor } from "@unroll/tensor";

/** Reads symbols one-hot and gives a logit for each symbol that may come next: int32 `[batch, time]` -> `[batch, time, symbols]`. */
export class SymbolModel extends Module implements SequenceModel {
  readonly symbols: number;
  readonly rnn;
  readonly head;

  constructor(cell: Cell, { symbols, hiddenSize }: { readonly symbols: number; readonly hiddenSize: number }) {
    super();
    this.symbols = symbols;
    this.rnn = unroll(cell, { inputSize: symbols, hiddenSize });
    this.head = new Linear(hiddenSize, symbols);
  }

  forward(inputs: Tensor, state?: ModelState, { lengths }: ForwardOptions = {}): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(oneHot(inputs, this.symbols), { state, lengths });
    return { logits: this.head.forward(output), state: next };
  }
}
