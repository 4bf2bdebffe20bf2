import type { Tensor } from "@unroll/tensor";

import { defineCell, type Cell } from "./cell.js";

/**
 * Gated recurrent unit (Cho et al. 2014) with the reset gate after the product, as cuDNN and PyTorch have it:
 *
 *   r, z = sigmoid(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)   rows in the order r, z, n
 *   n    = tanh(W_in x_t + b_in + r * (W_hn h_(t-1) + b_hn))
 *   h_t  = z * h_(t-1) + (1 - z) * n
 */
export const gru: Cell = defineCell({
  name: "gru",
  gates: ["r", "z", "n"],
  state: ["h"],
  step({ weightIh, weightHh, biasIh, biasHh }, x, { h }) {
    const fromX = x.matmul(weightIh.transpose()).add(biasIh);
    const fromH = h.matmul(weightHh.transpose()).add(biasHh);
    const [rx, zx, nx] = fromX.split(3, { axis: 1 }) as [Tensor, Tensor, Tensor];
    const [rh, zh, nh] = fromH.split(3, { axis: 1 }) as [Tensor, Tensor, Tensor];
    const r = rx.add(rh).sigmoid();
    const z = zx.add(zh).sigmoid();
    const n = nx.add(r.mul(nh)).tanh();
    const next = n.add(z.mul(h.sub(n)));
    return { output: next, state: { h: next } };
  },
});
