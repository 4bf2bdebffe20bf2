import { defineCell, type Bias, type Cell, type GateWeights } from "@unroll/cells";
import type { Tensor } from "@unroll/tensor";

import type { Activation } from "./activations.js";

/** What squashes what in a cell of Keras. */
export interface CellActivations {
  /** Of the candidate, and of the state of an LSTM on its way out: phi. */
  readonly activation: Activation;
  /** Of the gates: sigma. */
  readonly recurrentActivation: Activation;
  readonly bias: Bias;
}

type Weights = Omit<GateWeights, "biasIh" | "biasHh"> & Partial<GateWeights>;

const affine = (x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor => {
  const product = x.matmul(weight.transpose());
  return bias === undefined ? product : product.add(bias);
};

const leftOut = (bias: Bias): Readonly<Record<string, undefined>> => ({
  ...(bias !== "double" && { biasHh: undefined }),
  ...(bias === "none" && { biasIh: undefined }),
});

/** `h_t = phi(W_ih x_t + b + W_hh h_(t-1))`, with any phi. */
export function activatedRnn({ activation, bias }: Pick<CellActivations, "activation" | "bias">): Cell {
  return defineCell({
    name: "rnn",
    gates: ["h"],
    state: ["h"],
    parameters: () => leftOut(bias),
    step({ weightIh, weightHh, biasIh }: Weights, x, { h }) {
      const next = activation(affine(x, weightIh, biasIh).add(affine(h, weightHh, undefined)));
      return { output: next, state: { h: next }, gates: { h: next } };
    },
  });
}

/**
 * The LSTM of Keras with any activations; rows in the order i, f, g, o:
 *
 *   i, f, o = sigma(W x_t + b + U h_(t-1))     g = phi(W_g x_t + b_g + U_g h_(t-1))
 *   c_t = f * c_(t-1) + i * g                  h_t = o * phi(c_t)
 */
export function activatedLstm({ activation, recurrentActivation, bias }: CellActivations): Cell {
  return defineCell({
    name: "lstm",
    gates: ["i", "f", "g", "o"],
    state: ["h", "c"],
    parameters: () => leftOut(bias),
    step({ weightIh, weightHh, biasIh }: Weights, x, { h, c }) {
      const sums = affine(x, weightIh, biasIh).add(affine(h, weightHh, undefined));
      const [si, sf, sg, so] = sums.split(4, { axis: 1 }) as [Tensor, Tensor, Tensor, Tensor];
      const [i, f, o] = [recurrentActivation(si), recurrentActivation(sf), recurrentActivation(so)];
      const g = activation(sg);
      const nextC = f.mul(c).add(i.mul(g));
      const nextH = o.mul(activation(nextC));
      return { output: nextH, state: { h: nextH, c: nextC }, gates: { i, f, g, o } };
    },
  });
}

/**
 * The GRU of Keras with any activations; rows in the order r, z, n:
 *
 *   r, z = sigma(W x_t + b + U h_(t-1) + b')
 *   n    = phi(W_n x_t + b_n + r * (U_n h_(t-1) + b'_n))     or phi(W_n x_t + b_n + U_n (r * h_(t-1))) unless resetAfter
 *   h_t  = z * h_(t-1) + (1 - z) * n
 */
export function activatedGru({
  activation,
  recurrentActivation,
  bias,
  resetAfter,
}: CellActivations & { readonly resetAfter: boolean }): Cell {
  return defineCell({
    name: "gru",
    gates: ["r", "z", "n"],
    state: ["h"],
    parameters: () => leftOut(bias),
    step({ weightIh, weightHh, biasIh, biasHh }: Weights, x, { h }) {
      const [xr, xz, xn] = affine(x, weightIh, biasIh).split(3, { axis: 1 }) as [Tensor, Tensor, Tensor];
      const [wr, wz, wn] = weightHh.split(3, { axis: 0 }) as [Tensor, Tensor, Tensor];
      const [br, bz, bn] = biasHh?.split(3, { axis: 0 }) ?? [];
      const r = recurrentActivation(xr.add(affine(h, wr, br)));
      const z = recurrentActivation(xz.add(affine(h, wz, bz)));
      const n = activation(xn.add(resetAfter ? r.mul(affine(h, wn, bn)) : affine(r.mul(h), wn, bn)));
      const next = n.add(z.mul(h.sub(n)));
      return { output: next, state: { h: next }, gates: { r, z, n } };
    },
  });
}
