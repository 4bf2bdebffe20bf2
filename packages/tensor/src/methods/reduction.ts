import type { DType } from "../dtype.js";
import type { AxisOptions, ReduceOptions } from "../options.js";
import type { ReduceAttributes } from "../primitives/reduction.js";
import { primitives } from "../primitives/table.js";
import type { Arithmetic, Promote } from "../promotion.js";
import { normalizeAxes, normalizeAxis } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { apply } from "./apply.js";
import { ElementwiseMethods } from "./elementwise.js";

/** Operations that fold axes or run along one, and the matrix product. */
export abstract class ReductionMethods<D extends DType> extends ElementwiseMethods<D> {
  /** Sum over axes; 0 over nothing. */
  sum(options: ReduceOptions = {}): Tensor<Arithmetic<D, D>> {
    return apply(primitives.sum, [this], attributesOf("sum", options, this.rank));
  }

  /** Product over axes; 1 over nothing. */
  prod(options: ReduceOptions = {}): Tensor<Arithmetic<D, D>> {
    return apply(primitives.prod, [this], attributesOf("prod", options, this.rank));
  }

  /** Largest over axes; NaN wins. */
  max(options: ReduceOptions = {}): Tensor<Arithmetic<D, D>> {
    return apply(primitives.max, [this], attributesOf("max", options, this.rank));
  }

  /** Smallest over axes; NaN wins. */
  min(options: ReduceOptions = {}): Tensor<Arithmetic<D, D>> {
    return apply(primitives.min, [this], attributesOf("min", options, this.rank));
  }

  /** int32 position of the largest element along an axis, the first at ties. */
  argmax({ axis }: AxisOptions): Tensor<"int32"> {
    return apply(primitives.argmax, [this], { axis: normalizeAxis("argmax", axis, this.rank) });
  }

  /** int32 position of the smallest element along an axis, the first at ties. */
  argmin({ axis }: AxisOptions): Tensor<"int32"> {
    return apply(primitives.argmin, [this], { axis: normalizeAxis("argmin", axis, this.rank) });
  }

  /** Matrix product `[…, m, k] x […, k, n]`; batch axes broadcast; transposed operands are not copied. */
  matmul<E extends DType>(other: Tensor<E>): Tensor<Promote<D, E>> {
    return apply(primitives.matmul, [this, other]);
  }

  /** Running sum along an axis, inclusive; `reverse` sums from the end. */
  cumsum({ axis, reverse = false }: AxisOptions & { readonly reverse?: boolean }): Tensor<Arithmetic<D, D>> {
    return apply(primitives.cumsum, [this], { axis: normalizeAxis("cumsum", axis, this.rank), reverse });
  }

  /** int32 order of the elements along an axis, stable, NaN last. */
  argsort({ axis, descending = false }: AxisOptions & { readonly descending?: boolean }): Tensor<"int32"> {
    return apply(primitives.argsort, [this], { axis: normalizeAxis("argsort", axis, this.rank), descending });
  }

  /** `e^x / sum(e^x)` along an axis (default the last). */
  softmax({ axis = -1 }: { readonly axis?: number } = {}): Tensor<D> {
    return apply(primitives.softmax, [this], { axis: normalizeAxis("softmax", axis, this.rank) });
  }

  /** `log(softmax(x))` along an axis (default the last), without overflow. */
  logSoftmax({ axis = -1 }: { readonly axis?: number } = {}): Tensor<D> {
    return apply(primitives.logSoftmax, [this], { axis: normalizeAxis("logSoftmax", axis, this.rank) });
  }
}

function attributesOf(operation: string, { axes, keepDims = false }: ReduceOptions, rank: number): ReduceAttributes {
  return { axes: normalizeAxes(operation, axes, rank), keepDims };
}
