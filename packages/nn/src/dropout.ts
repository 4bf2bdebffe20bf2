import { formatShape, uniform, type DType, type Generator, type Shape, type Tensor } from "@unroll/tensor";

import { checkRate } from "./check-options.js";
import { fail } from "./error.js";
import { Module } from "./module.js";

/**
 * A random mask of `1 / (1 - rate)` with probability `1 - rate`, else 0, whose mean is 1 (inverted dropout: Srivastava et al.
 * 2014), so that nothing is left to do at inference.
 *
 * @param options - `rate` in [0, 1); `generator`, which moves on by one draw per element; `dtype`, default float32.
 * @throws ModuleError `option`
 */
export function dropoutMask(
  shape: Shape,
  { rate, generator, dtype = "float32" }: { readonly rate: number; readonly generator: Generator; readonly dtype?: DType },
): Tensor {
  checkRate("dropoutMask", "rate", rate);
  return uniform(shape, { generator })
    .less(1 - rate)
    .cast(dtype)
    .div(1 - rate);
}

/** Which elements {@link Dropout} drops together. */
export interface DropoutOptions {
  /** Axes along which one draw serves all: `[1]` drops whole features of `[batch, time, features]`, negative ones count from the end. Default none. */
  readonly sharedAxes?: readonly number[];
}

/** Sets random elements to 0 while training and scales the others up; passes everything through in evaluation. Any shape. */
export class Dropout extends Module {
  readonly rate: number;
  readonly sharedAxes: readonly number[];

  /**
   * @param rate - share of elements to drop, in [0, 1).
   * @throws ModuleError `option`
   */
  constructor(rate: number, { sharedAxes = [] }: DropoutOptions = {}) {
    super();
    checkRate("Dropout", "rate", rate);
    this.rate = rate;
    this.sharedAxes = sharedAxes;
  }

  /**
   * Draws from {@link Module.rng} while training.
   *
   * @throws ModuleError `shape` where `x` lacks a shared axis.
   */
  forward(x: Tensor): Tensor {
    if (!this.training || this.rate === 0) return x;
    const shape = [...x.shape];
    for (const axis of this.sharedAxes) {
      const at = axis < 0 ? axis + x.rank : axis;
      if (shape[at] === undefined) {
        fail("shape", `Dropout: shared axes must be axes of the input, got ${axis} for ${formatShape(x.shape)}`);
      }
      shape[at] = 1;
    }
    return x.mul(dropoutMask(shape, { rate: this.rate, generator: this.rng, dtype: x.dtype }));
  }
}
