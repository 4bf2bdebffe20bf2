import type { DType } from "../dtype.js";
import type { AxisOptions, PositionOptions, ReduceOptions } from "../options.js";
import type { Primitive } from "../primitives/primitive.js";
import { primitives } from "../primitives/table.js";
import type { Arithmetic, Promote } from "../promotion.js";
import { normalizeAxes, reducedShape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import type { AbstractTensor } from "./abstract-tensor.js";
import { apply, applyAlong } from "./apply.js";
import { ElementwiseMethods } from "./elementwise.js";

/** Operations that fold axes or run along one, and the matrix product. */
export abstract class ReductionMethods<D extends DType> extends ElementwiseMethods<D> {
  /** Sum over axes; 0 over nothing. */
  sum(options: ReduceOptions = {}): Tensor<Arithmetic<D, D>> {
    return applyOver(primitives.sum, this, options);
  }

  /** Product over axes; 1 over nothing. */
  prod(options: ReduceOptions = {}): Tensor<Arithmetic<D, D>> {
    return applyOver(primitives.prod, this, options);
  }

  /** Largest over axes; NaN wins. */
  max(options: ReduceOptions = {}): Tensor<Arithmetic<D, D>> {
    return applyOver(primitives.max, this, options);
  }

  /** Smallest over axes; NaN wins. */
  min(options: ReduceOptions = {}): Tensor<Arithmetic<D, D>> {
    return applyOver(primitives.min, this, options);
  }

  /** int32 position of the largest element, the first at ties; over several axes it counts through them in row-major order. */
  argmax(options: PositionOptions = {}): Tensor<"int32"> {
    return positionOf(primitives.argmax, this, options);
  }

  /** int32 position of the smallest element, the first at ties; over several axes it counts through them in row-major order. */
  argmin(options: PositionOptions = {}): Tensor<"int32"> {
    return positionOf(primitives.argmin, this, options);
  }

  /** Matrix product `[…, m, k] x […, k, n]`; batch axes broadcast; transposed operands are not copied. */
  matmul<E extends DType>(other: Tensor<E>): Tensor<Promote<D, E>> {
    return apply(primitives.matmul, [this, other]);
  }

  /** Running sum along an axis, inclusive; `reverse` sums from the end. */
  cumsum({ axis, reverse = false }: AxisOptions & { readonly reverse?: boolean }): Tensor<Arithmetic<D, D>> {
    return applyAlong(primitives.cumsum, [this], { axis, reverse });
  }

  /** int32 order of the elements along an axis, stable, NaN last. */
  argsort({ axis, descending = false }: AxisOptions & { readonly descending?: boolean }): Tensor<"int32"> {
    return applyAlong(primitives.argsort, [this], { axis, descending });
  }

  /** `e^x / sum(e^x)` along an axis (default the last). */
  softmax({ axis = -1 }: { readonly axis?: number } = {}): Tensor<D> {
    return applyAlong(primitives.softmax, [this], { axis });
  }

  /** `log(softmax(x))` along an axis (default the last), without overflow. */
  logSoftmax({ axis = -1 }: { readonly axis?: number } = {}): Tensor<D> {
    return applyAlong(primitives.logSoftmax, [this], { axis });
  }
}

function applyOver<D extends DType>(
  primitive: Primitive,
  x: AbstractTensor<DType>,
  { axes, keepDims = false }: ReduceOptions,
): Tensor<D> {
  return apply(primitive, [x], { axes: normalizeAxes(primitive.name, axes, x.rank), keepDims });
}

// The primitives find along one axis: several are made one, behind the others.
function positionOf(
  primitive: Primitive,
  x: AbstractTensor<DType>,
  { axis, keepDims = false }: PositionOptions,
): Tensor<"int32"> {
  const axes = normalizeAxes(primitive.name, axis, x.rank);
  const shape = reducedShape(x.shape, axes, keepDims);
  if (axes.length === 1) return apply<"int32">(primitive, [x], { axis: axes[0] }).reshape(shape);
  const kept = [...x.shape.keys()].filter((other) => !axes.includes(other));
  const flat = [...kept.map((other) => x.shape[other] as number), sizeOf(axes.map((one) => x.shape[one] as number))];
  const behind = apply(primitives.permute, [x], { axes: [...kept, ...axes] }).reshape(flat);
  return apply<"int32">(primitive, [behind], { axis: kept.length }).reshape(shape);
}
