import type { Tensor } from "@unroll/tensor";

import { checkSizes } from "./check-options.js";
import { fail } from "./error.js";
import { constant } from "./initializers.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Scale, shift and guard of {@link layerNorm}. */
export interface LayerNormalization {
  /** `[size]`; 1 when left out. */
  readonly weight?: Tensor | undefined;
  /** `[size]`; 0 when left out. */
  readonly bias?: Tensor | undefined;
  /** Added to the variance, default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Each row of the last axis less its mean, over its deviation (Ba, Kiros and Hinton 2016):
 *
 *   y = weight * (x - mean(x)) / sqrt(variance(x) + epsilon) + bias
 *
 * @param x - `[…, size]`
 */
export function layerNorm(x: Tensor, { weight, bias, epsilon = 1e-5 }: LayerNormalization = {}): Tensor {
  const centred = x.sub(x.mean({ axes: -1, keepDims: true }));
  const deviation = centred.square().mean({ axes: -1, keepDims: true }).add(epsilon).sqrt();
  const normal = centred.div(deviation);
  const scaled = weight === undefined ? normal : normal.mul(weight);
  return bias === undefined ? scaled : scaled.add(bias);
}

/** {@link layerNorm} with a learned scale and shift: `[…, size] -> […, size]`; `weight [size]` ones and `bias [size]` zeros at first. */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly epsilon: number;

  /**
   * @param options - `epsilon`, default 1e-5.
   * @throws ModuleError `option`
   */
  constructor(size: number, { epsilon = 1e-5 }: { readonly epsilon?: number } = {}) {
    super();
    checkSizes("LayerNorm", { size });
    this.weight = new Parameter({ shape: [size], initializer: constant(1) });
    this.bias = new Parameter({ shape: [size], initializer: constant(0) });
    this.epsilon = epsilon;
  }

  /**
   * @param x - `[…, size]`
   * @throws ModuleError `shape`
   */
  forward(x: Tensor): Tensor {
    const [size] = this.weight.shape;
    if (x.shape.at(-1) !== size) fail("shape", `LayerNorm: needs […, ${size}], got [${x.shape.join(", ")}]`);
    return layerNorm(x, { weight: this.weight, bias: this.bias, epsilon: this.epsilon });
  }
}
