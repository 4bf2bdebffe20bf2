import type { Initializer } from "@unroll/nn";
import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { affine } from "./affine.js";
import { biases, leftOutBiases, type Bias, type OptionallyBiased } from "./bias.js";
import { defineCell, type Cell } from "../cell.js";
import { oneOf } from "../check-options.js";

/** What a simple recurrent network can be. */
export interface RnnOptions {
  /** Default `"tanh"`; `"linear"` is for studying gradients. */
  readonly activation?: "tanh" | "relu" | "linear";
  /** A factor s: the recurrent matrix starts as s times the identity instead of orthogonal. */
  readonly identity?: number;
  /** Default `"double"`. */
  readonly bias?: Bias;
}

const activations: Readonly<Record<NonNullable<RnnOptions["activation"]>, (x: Tensor) => Tensor>> = {
  tanh: (x) => x.tanh(),
  relu: (x) => x.relu(),
  linear: (x) => x,
};

/**
 * The simple recurrent network (Elman 1990), with phi = tanh unless said otherwise:
 *
 *   h_t = phi(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)
 *
 * @throws CellError `option`
 */
export function rnnCell({ activation = "tanh", identity, bias = "double" }: RnnOptions = {}): Cell {
  oneOf<RnnOptions>("rnnCell", { activation, bias }, { activation: ["tanh", "relu", "linear"], bias: biases });
  return defineCell({
    name: "rnn",
    gates: ["h"],
    state: ["h"],
    parameters: ({ hiddenSize }) => ({
      ...leftOutBiases(bias),
      ...(identity !== undefined && { weightHh: { shape: [hiddenSize, hiddenSize], initializer: scaledIdentity(identity) } }),
    }),
    step({ weightIh, weightHh, biasIh, biasHh }: OptionallyBiased, x, { h }) {
      const next = activations[activation](affine(x, weightIh, biasIh).add(affine(h, weightHh, biasHh)));
      return { output: next, state: { h: next }, gates: { h: next } };
    },
  });
}

/** {@link rnnCell} with its defaults. */
export const rnn: Cell = /* @__PURE__ */ rnnCell();

/** The rectified network that starts as the identity, so that gradients pass unchanged at first (Le, Jaitly and Hinton 2015). */
export const irnn: Cell = /* @__PURE__ */ rnnCell({ activation: "relu", identity: 1 });

function scaledIdentity(factor: number): Initializer {
  return ([size = 0], _generator, dtype) => {
    const flat = Float64Array.from({ length: size * size }, (_, position) => (position % (size + 1) === 0 ? factor : 0));
    return fromTypedArray(flat, [size, size]).cast(dtype);
  };
}
