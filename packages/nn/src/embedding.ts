import { stopGradient } from "@unroll/autograd";
import { arange, normal, where, type Tensor } from "@unroll/tensor";

import { checkSizes } from "./check-options.js";
import { checkTensors } from "./check-tensors.js";
import { fail } from "./error.js";
import type { Initializer } from "./initializers.js";
import { rememberLookup } from "./lookup.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** How an {@link Embedding} starts, and what it leaves alone. */
export interface EmbeddingOptions {
  /** The index that stands for padding, from the end where negative: its vector starts at 0 and gets no gradient from here, as in PyTorch. */
  readonly paddingIndex?: number;
  /** Default standard normal, as in PyTorch. */
  readonly initializer?: Initializer;
}

const standardNormal: Initializer = (shape, generator, dtype) => normal(shape, { generator, dtype });

/** One learned vector per index: `[…] int32 -> […, size]`; `weight [count, size]`. */
export class Embedding extends Module {
  readonly weight: Parameter;
  /** In 0..count-1. */
  readonly paddingIndex: number | undefined;

  /** @throws ModuleError `option` */
  constructor(count: number, size: number, { paddingIndex: given, initializer = standardNormal }: EmbeddingOptions = {}) {
    super();
    checkSizes("Embedding", { count, size });
    if (given !== undefined && !(Number.isInteger(given) && given >= -count && given < count)) {
      fail("option", `Embedding: paddingIndex must be an integer in ${-count}..${count - 1}, got ${given}`);
    }
    const paddingIndex = given !== undefined && given < 0 ? given + count : given;
    this.paddingIndex = paddingIndex;
    this.weight = new Parameter({
      shape: [count, size],
      initializer: (shape, generator, dtype) => {
        const drawn = initializer(shape, generator, dtype);
        return paddingIndex === undefined ? drawn : whereRow(paddingIndex, 0, drawn);
      },
    });
  }

  /**
   * @param indices - int32, 0..count-1; negative ones count from the end.
   * @throws ModuleError `not-tensor`
   */
  forward(indices: Tensor): Tensor {
    checkTensors("Embedding", { indices });
    const { paddingIndex, weight } = this;
    const count = weight.shape[0] as number;
    if (paddingIndex !== undefined && 2 * count > indices.size) return this.#withPadding(indices, paddingIndex);
    // Of few rows, that of padding is kept from gradients in the table.
    const table = paddingIndex === undefined ? weight.value : whereRow(paddingIndex, stopGradient(weight.value), weight.value);
    const vectors = table.take(indices, { axis: 0 });
    rememberLookup(vectors, { table, indices });
    return vectors;
  }

  #withPadding(indices: Tensor, paddingIndex: number): Tensor {
    const padding = stopGradient(this.weight.value).slice({ axis: 0, start: paddingIndex, stop: paddingIndex + 1 });
    const fromEnd = paddingIndex - (this.weight.shape[0] as number);
    const isPadding = where(indices.equal(fromEnd), paddingIndex, indices).equal(paddingIndex).unsqueeze({ axis: -1 });
    return where(isPadding, padding.reshape([padding.size]), this.weight.take(indices, { axis: 0 }));
  }
}

// One row of `a` among the others of `b`.
function whereRow(row: number, a: Tensor | number, b: Tensor): Tensor {
  const isRow = arange(b.shape[0] as number)
    .equal(row)
    .unsqueeze({ axis: 1 });
  return where(isRow, a, b);
}
