import { constant, glorotUniform } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { affine } from "./affine.js";
import { defineCell, type Cell, type GateWeights } from "../cell.js";
import { checkCount, oneOf } from "../check-options.js";

/** What a Jordan network can be. */
export interface JordanOptions {
  /** Width of the output that is fed back, default `hiddenSize`. */
  readonly outputSize?: number;
  /** Default `"tanh"`. */
  readonly outputActivation?: "tanh" | "sigmoid" | "linear";
}

interface JordanWeights extends GateWeights {
  /** `[outputSize, hiddenSize]` */
  readonly weightHo: Tensor;
  /** `[outputSize]` */
  readonly biasHo: Tensor;
}

/**
 * The network of Jordan (1986), which remembers its output instead of its hidden layer; psi = tanh unless said otherwise:
 *
 *   h_t = tanh(W_ih x_t + b_ih + W_hh y_(t-1) + b_hh)
 *   y_t = psi(W_ho h_t + b_ho)
 *
 * @throws CellError `option`
 */
export function jordanCell({ outputSize, outputActivation = "tanh" }: JordanOptions = {}): Cell {
  oneOf("jordanCell", { outputActivation }, { outputActivation: ["tanh", "sigmoid", "linear"] });
  if (outputSize !== undefined) checkCount("jordanCell", "outputSize", outputSize);
  return defineCell({
    name: "jordan",
    gates: ["h"],
    state: ["y"],
    stateSizes: ({ hiddenSize }) => ({ y: outputSize ?? hiddenSize }),
    parameters: ({ hiddenSize }) => ({
      weightHo: { shape: [outputSize ?? hiddenSize, hiddenSize], initializer: glorotUniform },
      biasHo: { shape: [outputSize ?? hiddenSize], initializer: constant(0) },
    }),
    step({ weightIh, weightHh, biasIh, biasHh, weightHo, biasHo }: JordanWeights, x, { y }) {
      const h = affine(x, weightIh, biasIh)
        .add(affine(y, weightHh, biasHh))
        .tanh();
      const score = affine(h, weightHo, biasHo);
      const next = outputActivation === "linear" ? score : score[outputActivation]();
      return { output: next, state: { y: next }, gates: { h } };
    },
  });
}

/** {@link jordanCell} with its defaults. */
export const jordan: Cell = /* @__PURE__ */ jordanCell();
