import { normal, type Tensor } from "@unroll/tensor";

import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** One learned vector per index: `[…] int32 -> […, size]`; `weight [count, size]`, standard normal at first, as in PyTorch. */
export class Embedding extends Module {
  readonly weight: Parameter;

  constructor(count: number, size: number) {
    super();
    this.weight = new Parameter({
      shape: [count, size],
      initializer: (shape, generator, dtype) => normal(shape, { generator, dtype }),
    });
  }

  /** @param indices - int32, 0..count-1 */
  forward(indices: Tensor): Tensor {
    return this.weight.take(indices, { axis: 0 });
  }
}
