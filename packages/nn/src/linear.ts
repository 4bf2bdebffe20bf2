import type { Tensor } from "@unroll/tensor";

import { glorotUniform, constant } from "./initializers.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** `y = x W^T + b` over the last axis: `[…, in] -> […, out]`; `weight [out, in]`, `bias [out]`, as in PyTorch. */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  /** @param options - `bias` (default true). */
  constructor(inputSize: number, outputSize: number, { bias = true }: { readonly bias?: boolean } = {}) {
    super();
    this.weight = new Parameter({ shape: [outputSize, inputSize], initializer: glorotUniform });
    this.bias = bias ? new Parameter({ shape: [outputSize], initializer: constant(0) }) : undefined;
  }

  /** @param x - `[…, in]` */
  forward(x: Tensor): Tensor {
    const rows = x.rank === 2 ? x : x.reshape([-1, x.shape.at(-1) as number]);
    const product = rows.matmul(this.weight.transpose());
    const y = this.bias === undefined ? product : product.add(this.bias);
    return x.rank === 2 ? y : y.reshape([...x.shape.slice(0, -1), y.shape.at(-1) as number]);
  }
}
