import { uniform } from "@unroll/tensor";

import { affine } from "./affine.js";
import { defineCell, type Cell, type GateWeights } from "../cell.js";

/**
 * The independently recurrent network (Li et al. 2018): each unit reads only itself, through one weight u = `weight_hh [H]`
 * that starts uniform in 0..1.
 *
 *   h_t = relu(W_ih x_t + b_ih + u * h_(t-1))
 */
export const indrnn: Cell = /* @__PURE__ */ defineCell({
  name: "indrnn",
  gates: ["h"],
  state: ["h"],
  parameters: ({ hiddenSize }) => ({
    weightHh: { shape: [hiddenSize], initializer: (shape, generator, dtype) => uniform(shape, { generator, dtype }) },
    biasHh: undefined,
  }),
  step({ weightIh, weightHh, biasIh }: Omit<GateWeights, "biasHh">, x, { h }) {
    const next = affine(x, weightIh, biasIh).add(h.mul(weightHh)).relu();
    return { output: next, state: { h: next }, gates: { h: next } };
  },
});
