import { stopGradient } from "@unroll/autograd";
import { arange, normal, where, type Tensor } from "@unroll/tensor";

import { checkSizes } from "./check-options.js";
import { fail } from "./error.js";
import type { Initializer } from "./initializers.js";
import { rememberLookup } from "./lookup.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** How an {@link Embedding} starts, and what it leaves alone. */
export interface EmbeddingOptions {
  /** The index that stands for padding: its vector starts at 0 and gets no gradient from here, as in PyTorch. */
  readonly paddingIndex?: number;
  /** Default standard normal, as in PyTorch. */
  readonly initializer?: Initializer;
}

const standardNormal: Initializer = (shape, generator, dtype) => normal(shape, { generator, dtype });

/** One learned vector per index: `[…] int32 -> […, size]`; `weight [count, size]`. */
export class Embedding extends Module {
  readonly weight: Parameter;
  readonly paddingIndex: number | undefined;

  /** @throws ModuleError `option` */
  constructor(count: number, size: number, { paddingIndex, initializer = standardNormal }: EmbeddingOptions = {}) {
    super();
    checkSizes("Embedding", { count, size });
    if (paddingIndex !== undefined && !(Number.isInteger(paddingIndex) && paddingIndex >= 0 && paddingIndex < count)) {
      fail("option", `Embedding: paddingIndex must be an integer in 0..${count - 1}, got ${paddingIndex}`);
    }
    this.paddingIndex = paddingIndex;
    this.weight = new Parameter({
      shape: [count, size],
      initializer: (shape, generator, dtype) => {
        const drawn = initializer(shape, generator, dtype);
        return paddingIndex === undefined ? drawn : where(arange(count).equal(paddingIndex).unsqueeze({ axis: 1 }), 0, drawn);
      },
    });
  }

  /** @param indices - int32, 0..count-1 */
  forward(indices: Tensor): Tensor {
    const vectors = this.weight.take(indices, { axis: 0 });
    if (this.paddingIndex === undefined) {
      rememberLookup(vectors, { table: this.weight.value, indices });
      return vectors;
    }
    const padding = stopGradient(this.weight.value).slice({ axis: 0, start: this.paddingIndex, stop: this.paddingIndex + 1 });
    const isPadding = indices.equal(this.paddingIndex).unsqueeze({ axis: -1 });
    return where(isPadding, padding.reshape([padding.size]), vectors);
  }
}
