import { constant, layerNorm } from "@unroll/nn";
import { concat, type Tensor } from "@unroll/tensor";

import { defineCell, type Cell, type GateWeights } from "../cell.js";

interface LayerNormGruWeights extends GateWeights {
  /** `[3H]` */
  readonly gainIh: Tensor;
  /** `[3H]` */
  readonly gainHh: Tensor;
}

type Two = [Tensor, Tensor];

// LN of the rows r, z together and of the rows n alone.
function normalizeGates(sums: Tensor, gains: Tensor, biases: Tensor): Tensor {
  const size = (sums.shape[1] as number) / 3;
  const parts = sums.split([2 * size, size], { axis: 1 });
  const [gateGain, newGain] = gains.split([2 * size, size], { axis: 0 }) as Two;
  const [gateBias, newBias] = biases.split([2 * size, size], { axis: 0 }) as Two;
  const [gates, news] = parts as Two;
  return concat([layerNorm(gates, { weight: gateGain, bias: gateBias }), layerNorm(news, { weight: newGain, bias: newBias })], {
    axis: 1,
  });
}

/**
 * Layer-normalised GRU (Ba, Kiros and Hinton 2016, supplement). LN takes mean and deviation over the rows r and z together and
 * over the rows n, then a gain and a bias by element.
 *
 *   r, z = sigmoid(LN(W_i x_t; gain_ih, b_ih) + LN(W_h h_(t-1); gain_hh, b_hh))
 *   n    = tanh(LN(W_in x_t; gain_ih, b_ih) + r * LN(W_hn h_(t-1); gain_hh, b_hh))
 *   h_t  = z * h_(t-1) + (1 - z) * n
 */
export const layerNormGru: Cell = /* @__PURE__ */ defineCell({
  name: "layerNormGru",
  gates: ["r", "z", "n"],
  state: ["h"],
  parameters: ({ hiddenSize }) => ({
    gainIh: { shape: [3 * hiddenSize], initializer: constant(1) },
    gainHh: { shape: [3 * hiddenSize], initializer: constant(1) },
  }),
  step({ weightIh, weightHh, biasIh, biasHh, gainIh, gainHh }: LayerNormGruWeights, x, { h }) {
    const fromX = normalizeGates(x.matmul(weightIh.transpose()), gainIh, biasIh);
    const fromH = normalizeGates(h.matmul(weightHh.transpose()), gainHh, biasHh);
    const [rx, zx, nx] = fromX.split(3, { axis: 1 }) as [Tensor, Tensor, Tensor];
    const [rh, zh, nh] = fromH.split(3, { axis: 1 }) as [Tensor, Tensor, Tensor];
    const r = rx.add(rh).sigmoid();
    const z = zx.add(zh).sigmoid();
    const n = nx.add(r.mul(nh)).tanh();
    const next = n.add(z.mul(h.sub(n)));
    return { output: next, state: { h: next }, gates: { r, z, n } };
  },
});
