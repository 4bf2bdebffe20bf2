import { blocks, constant, layerNorm } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { defineCell, type Cell } from "../cell.js";

interface LayerNormLstmWeights {
  readonly weightIh: Tensor;
  readonly weightHh: Tensor;
  /** Gains `[4H]`, `[4H]`, `[H]` and biases of the same shapes. */
  readonly gainIh: Tensor;
  readonly gainHh: Tensor;
  readonly gainC: Tensor;
  readonly biasIh: Tensor;
  readonly biasHh: Tensor;
  readonly biasC: Tensor;
}

/**
 * Layer-normalised LSTM (Ba, Kiros and Hinton 2016, equations 20 to 22). LN takes mean and deviation over its whole
 * argument, then a gain and a bias by element; the gates' own biases are those of LN.
 *
 *   i, f, g, o = LN(W_ih x_t; gain_ih, b_ih) + LN(W_hh h_(t-1); gain_hh, b_hh)     in this order of rows
 *   c_t = sigmoid(f) * c_(t-1) + sigmoid(i) * tanh(g)
 *   h_t = sigmoid(o) * tanh(LN(c_t; gain_c, b_c))
 */
export function layerNormLstmCell({ forgetBias = 1 }: { readonly forgetBias?: number } = {}): Cell {
  return defineCell({
    name: "layerNormLstm",
    gates: ["i", "f", "g", "o"],
    state: ["h", "c"],
    parameters: ({ hiddenSize }) => ({
      gainIh: { shape: [4 * hiddenSize], initializer: constant(1) },
      gainHh: { shape: [4 * hiddenSize], initializer: constant(1) },
      gainC: { shape: [hiddenSize], initializer: constant(1) },
      biasIh: { shape: [4 * hiddenSize], initializer: blocks([0, forgetBias, 0, 0].map(constant)) },
      biasHh: { shape: [4 * hiddenSize], initializer: constant(0) },
      biasC: { shape: [hiddenSize], initializer: constant(0) },
    }),
    step(weights: LayerNormLstmWeights, x, { h, c }) {
      const fromX = layerNorm(x.matmul(weights.weightIh.transpose()), { weight: weights.gainIh, bias: weights.biasIh });
      const fromH = layerNorm(h.matmul(weights.weightHh.transpose()), { weight: weights.gainHh, bias: weights.biasHh });
      const [ai, af, ag, ao] = fromX.add(fromH).split(4, { axis: 1 }) as [Tensor, Tensor, Tensor, Tensor];
      const [i, f, g, o] = [ai.sigmoid(), af.sigmoid(), ag.tanh(), ao.sigmoid()];
      const nextC = f.mul(c).add(i.mul(g));
      const nextH = o.mul(layerNorm(nextC, { weight: weights.gainC, bias: weights.biasC }).tanh());
      return { output: nextH, state: { h: nextH, c: nextC }, gates: { i, f, g, o } };
    },
  });
}

/** {@link layerNormLstmCell} with its defaults. */
export const layerNormLstm: Cell = /* @__PURE__ */ layerNormLstmCell();
