import type { Tensor } from "@unroll/tensor";

import { affine } from "./affine.js";
import { defineCell, type Cell, type GateWeights } from "../cell.js";

/**
 * The minimal GRU (Feng et al. 2024, "Were RNNs all we needed?"): no gate reads the state, so that a scan could replace the loop.
 * Unlike in `gru`, z = 1 replaces the state.
 *
 *   z   = sigmoid(W_iz x_t + b_iz)     rows in the order z, n
 *   n   = W_in x_t + b_in
 *   h_t = (1 - z) * h_(t-1) + z * n
 */
export const minGru: Cell = /* @__PURE__ */ defineCell({
  name: "minGru",
  gates: ["z", "n"],
  state: ["h"],
  parameters: () => ({ weightHh: undefined, biasHh: undefined }),
  step({ weightIh, biasIh }: Pick<GateWeights, "weightIh" | "biasIh">, x, { h }) {
    const [zx, n] = affine(x, weightIh, biasIh).split(2, { axis: 1 }) as [Tensor, Tensor];
    const z = zx.sigmoid();
    const next = h.add(z.mul(n.sub(h)));
    return { output: next, state: { h: next }, gates: { z, n } };
  },
});
