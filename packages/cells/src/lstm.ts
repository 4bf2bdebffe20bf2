import { blocks, constant } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { defineCell, type Cell } from "./cell.js";

/** Initial values of an LSTM. */
export interface LstmOptions {
  /** Initial value of the forget gate's bias (Gers et al. 2000), default 1. It is stored, never added at run time. */
  readonly forgetBias?: number;
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997) with forget gate (Gers et al. 2000):
 *
 *   i, f, g, o = W_ih x_t + b_ih + W_hh h_(t-1) + b_hh     in this order of rows
 *   c_t = sigmoid(f) * c_(t-1) + sigmoid(i) * tanh(g)
 *   h_t = sigmoid(o) * tanh(c_t)
 */
export function lstmCell({ forgetBias = 1 }: LstmOptions = {}): Cell {
  return defineCell({
    name: "lstm",
    gates: ["i", "f", "g", "o"],
    state: ["h", "c"],
    parameters: ({ hiddenSize }) => ({
      biasIh: {
        shape: [4 * hiddenSize],
        initializer: blocks([constant(0), constant(forgetBias), constant(0), constant(0)]),
      },
    }),
    step({ weightIh, weightHh, biasIh, biasHh }, x, { h, c }) {
      const gates = x.matmul(weightIh.transpose()).add(biasIh).add(h.matmul(weightHh.transpose()).add(biasHh));
      const [i, f, g, o] = gates.split(4, { axis: 1 }) as [Tensor, Tensor, Tensor, Tensor];
      const nextC = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
      const nextH = o.sigmoid().mul(nextC.tanh());
      return { output: nextH, state: { h: nextH, c: nextC } };
    },
  });
}

/** {@link lstmCell} with its defaults. */
export const lstm: Cell = lstmCell();
