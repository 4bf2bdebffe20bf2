import { formatShape, sameShape, type Tensor } from "@unroll/tensor";

import { checkSizes } from "./check-options.js";
import { fail } from "./error.js";
import { constant, glorotUniform, type Initializer } from "./initializers.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** What {@link Linear} learns. */
export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
  /** A parameter `[out, in]` to share, such as the weight of an {@link Embedding}; a new one when left out. */
  readonly weight?: Parameter;
  /** Of a new weight, default {@link glorotUniform}. */
  readonly initializer?: Initializer;
}

/** `y = x W^T + b` over the last axis: `[…, in] -> […, out]`; `weight [out, in]`, `bias [out]`, as in PyTorch. */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  /** @throws ModuleError `option`, `shape` */
  constructor(inputSize: number, outputSize: number, { bias = true, weight, initializer = glorotUniform }: LinearOptions = {}) {
    super();
    checkSizes("Linear", { inputSize, outputSize });
    const shape = [outputSize, inputSize];
    if (weight !== undefined && !sameShape(weight.shape, shape)) {
      fail("shape", `Linear: a shared weight must have shape ${formatShape(shape)} (out, in), got ${formatShape(weight.shape)}`);
    }
    this.weight = weight ?? new Parameter({ shape, initializer });
    this.bias = bias ? new Parameter({ shape: [outputSize], initializer: constant(0) }) : undefined;
  }

  /**
   * @param x - `[…, in]`
   * @throws ModuleError `shape`
   */
  forward(x: Tensor): Tensor {
    const [outputSize, inputSize] = this.weight.shape as readonly [number, number];
    if (x.shape.at(-1) !== inputSize) fail("shape", `Linear: needs […, ${inputSize}], got ${formatShape(x.shape)}`);
    const outer = x.shape.slice(0, -1);
    const rows = x.rank === 2 ? x : x.reshape([outer.reduce((product, length) => product * length, 1), inputSize]);
    const product = rows.matmul(this.weight.transpose());
    const y = this.bias === undefined ? product : product.add(this.bias);
    return x.rank === 2 ? y : y.reshape([...outer, outputSize]);
  }
}
