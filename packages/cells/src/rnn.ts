import { defineCell, type Cell } from "./cell.js";

/**
 * The simple recurrent network (Elman 1990):
 *
 *   h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)
 */
export const rnn: Cell = defineCell({
  name: "rnn",
  gates: ["h"],
  state: ["h"],
  step({ weightIh, weightHh, biasIh, biasHh }, x, { h }) {
    const next = x.matmul(weightIh.transpose()).add(biasIh).add(h.matmul(weightHh.transpose()).add(biasHh)).tanh();
    return { output: next, state: { h: next } };
  },
});
