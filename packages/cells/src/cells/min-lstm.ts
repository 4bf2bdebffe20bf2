import { blocks, constant } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { affine } from "./affine.js";
import { defineCell, type Cell, type GateWeights } from "../cell.js";

/**
 * The minimal LSTM (Feng et al. 2024, "Were RNNs all we needed?"): no gate reads the state, and the two gates share 1.
 *
 *   i   = sigmoid(W_ii x_t + b_ii)     rows in the order i, f, g; b_if starts at 1
 *   f   = sigmoid(W_if x_t + b_if)
 *   g   = W_ig x_t + b_ig
 *   h_t = f / (f + i) * h_(t-1) + i / (f + i) * g
 */
export const minLstm: Cell = /* @__PURE__ */ defineCell({
  name: "minLstm",
  gates: ["i", "f", "g"],
  state: ["h"],
  parameters: ({ hiddenSize }) => ({
    weightHh: undefined,
    biasIh: { shape: [3 * hiddenSize], initializer: blocks([0, 1, 0].map(constant)) },
    biasHh: undefined,
  }),
  step({ weightIh, biasIh }: Pick<GateWeights, "weightIh" | "biasIh">, x, { h }) {
    const [ix, fx, g] = affine(x, weightIh, biasIh).split(3, { axis: 1 }) as [Tensor, Tensor, Tensor];
    const i = ix.sigmoid();
    const f = fx.sigmoid();
    const share = i.div(f.add(i));
    const next = h.add(share.mul(g.sub(h)));
    return { output: next, state: { h: next }, gates: { i, f, g } };
  },
});
