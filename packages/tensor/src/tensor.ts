import type { DenseTensor } from "./dense.js";
import { dispatch, dispatchOne, type Operand } from "./dispatch.js";
import type { DType, TypedArray } from "./dtype.js";
import { fail } from "./error.js";
import { formatTensor } from "./format.js";
import type { Interpreter } from "./interpreter.js";
import { primitives } from "./primitives/table.js";
import { floor, gelu, softplus } from "./compositions/elementwise.js";
import { sort, topK, type TopK } from "./compositions/sorting.js";
import { logSumExp, mean, variance } from "./compositions/statistics.js";
import { readRowMajor } from "./reference/walk.js";
import { completeShape, formatShape, normalizeAxes, normalizeAxis, sizeOf, sliceRange, type Shape } from "./shape.js";

/** Axes of a reduction: one, several, or all when left out; `keepDims` keeps them with size 1 (default false). */
export interface ReduceOptions {
  readonly axes?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** One axis, counted from the end when negative. */
export interface AxisOptions {
  readonly axis: number;
}

/** Part of one axis, as in Python: negative positions count from the end, positions outside are clamped. */
export interface SliceOptions extends AxisOptions {
  readonly start?: number;
  readonly stop?: number;
  /** Default 1; negative walks backwards. */
  readonly step?: number;
}

// A plain property, so that two copies of this package recognise each other's tensors.
const marker = "@unroll/tensor/1";

/**
 * An n-dimensional array. Each method runs one primitive, or a few, through `dispatch`: on plain tensors it computes at
 * once, on variables it is recorded for differentiation, on tracers it becomes part of a graph. Operations never change
 * their operands; a number may stand wherever a second tensor may.
 */
export abstract class Tensor {
  /** Sizes of each axis, outermost first. */
  abstract readonly shape: Shape;
  abstract readonly dtype: DType;
  /** Who runs the operations this tensor takes part in. */
  abstract readonly interpreter: Interpreter;
  readonly "@unroll/tensor/1": boolean = true;

  /** Whether a value is a tensor, of this copy of the package or another. */
  static isTensor(value: unknown): value is Tensor {
    return typeof value === "object" && value !== null && marker in value;
  }

  /** The tensor with elements that stands below this one. */
  abstract toDense(): DenseTensor;

  /** Frees the elements now instead of at the end of the scope or at garbage collection; views of them go too. */
  abstract dispose(): void;

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** `-x` */
  neg(): Tensor {
    return dispatchOne(primitives.neg, [this]);
  }

  /** `|x|` */
  abs(): Tensor {
    return dispatchOne(primitives.abs, [this]);
  }

  /** -1, 0 or 1; NaN stays. */
  sign(): Tensor {
    return dispatchOne(primitives.sign, [this]);
  }

  /** `e^x` */
  exp(): Tensor {
    return dispatchOne(primitives.exp, [this]);
  }

  /** `e^x - 1`, exact near 0. */
  expm1(): Tensor {
    return dispatchOne(primitives.expm1, [this]);
  }

  /** Natural logarithm; -Infinity at 0, NaN below. */
  log(): Tensor {
    return dispatchOne(primitives.log, [this]);
  }

  /** `log(1 + x)`, exact near 0. */
  log1p(): Tensor {
    return dispatchOne(primitives.log1p, [this]);
  }

  /** Square root; NaN below 0. */
  sqrt(): Tensor {
    return dispatchOne(primitives.sqrt, [this]);
  }

  /** Sine, in radians. */
  sin(): Tensor {
    return dispatchOne(primitives.sin, [this]);
  }

  /** Cosine, in radians. */
  cos(): Tensor {
    return dispatchOne(primitives.cos, [this]);
  }

  /** Hyperbolic tangent. */
  tanh(): Tensor {
    return dispatchOne(primitives.tanh, [this]);
  }

  /** `1 / (1 + e^-x)`, without overflow. */
  sigmoid(): Tensor {
    return dispatchOne(primitives.sigmoid, [this]);
  }

  /** `max(x, 0)` */
  relu(): Tensor {
    return dispatchOne(primitives.relu, [this]);
  }

  /** `x * x` */
  square(): Tensor {
    return this.mul(this);
  }

  /** `1 / x` */
  reciprocal(): Tensor {
    return dispatchOne(primitives.div, [1, this]);
  }

  /** `log(1 + e^x)`, without overflow. */
  softplus(): Tensor {
    return softplus(this);
  }

  /** Gaussian error linear unit, the tanh approximation of Hendrycks and Gimpel (arXiv 1606.08415). */
  gelu(): Tensor {
    return gelu(this);
  }

  /** The largest integer not above each element; has no gradient. */
  floor(): Tensor {
    return floor(this);
  }

  /** Whether each element is NaN, bool. */
  isNaN(): Tensor {
    return this.notEqual(this);
  }

  /** Whether each element is neither NaN nor an infinity, bool. */
  isFinite(): Tensor {
    return this.sub(this).equal(0);
  }

  /** Element-wise sum, broadcast. */
  add(other: Operand): Tensor {
    return dispatchOne(primitives.add, [this, other]);
  }

  /** Element-wise difference, broadcast. */
  sub(other: Operand): Tensor {
    return dispatchOne(primitives.sub, [this, other]);
  }

  /** Element-wise product, broadcast. */
  mul(other: Operand): Tensor {
    return dispatchOne(primitives.mul, [this, other]);
  }

  /** Element-wise quotient, broadcast; integers divide to float32. */
  div(other: Operand): Tensor {
    return dispatchOne(primitives.div, [this, other]);
  }

  /** Element-wise power, broadcast. */
  pow(exponent: Operand): Tensor {
    return dispatchOne(primitives.pow, [this, exponent]);
  }

  /** The larger of both, broadcast; NaN if either is. */
  maximum(other: Operand): Tensor {
    return dispatchOne(primitives.maximum, [this, other]);
  }

  /** The smaller of both, broadcast; NaN if either is. */
  minimum(other: Operand): Tensor {
    return dispatchOne(primitives.minimum, [this, other]);
  }

  /** `==`, bool. */
  equal(other: Operand): Tensor {
    return dispatchOne(primitives.equal, [this, other]);
  }

  /** `!=`, bool; true for NaN. */
  notEqual(other: Operand): Tensor {
    return this.equal(other).logicalNot();
  }

  /** `<`, bool. */
  less(other: Operand): Tensor {
    return dispatchOne(primitives.less, [this, other]);
  }

  /** `<=`, bool. */
  lessEqual(other: Operand): Tensor {
    return dispatchOne(primitives.lessEqual, [this, other]);
  }

  /** `>`, bool. */
  greater(other: Operand): Tensor {
    return dispatchOne(primitives.less, [other, this]);
  }

  /** `>=`, bool. */
  greaterEqual(other: Operand): Tensor {
    return dispatchOne(primitives.lessEqual, [other, this]);
  }

  /** `!x`, bool. */
  logicalNot(): Tensor {
    return dispatchOne(primitives.equal, [this, 0]);
  }

  /** Both are true (not 0). */
  logicalAnd(other: Tensor): Tensor {
    return this.cast("bool").minimum(other.cast("bool"));
  }

  /** Either is true (not 0). */
  logicalOr(other: Tensor): Tensor {
    return this.cast("bool").maximum(other.cast("bool"));
  }

  /** The same values in another dtype. */
  cast(dtype: DType): Tensor {
    return dtype === this.dtype ? this : dispatchOne(primitives.cast, [this], { dtype });
  }

  /** Sum over axes; 0 over nothing. */
  sum(options: ReduceOptions = {}): Tensor {
    return dispatchOne(primitives.sum, [this], this.#reduction("sum", options));
  }

  /** Product over axes; 1 over nothing. */
  prod(options: ReduceOptions = {}): Tensor {
    return dispatchOne(primitives.prod, [this], this.#reduction("prod", options));
  }

  /** Largest over axes; NaN wins. */
  max(options: ReduceOptions = {}): Tensor {
    return dispatchOne(primitives.max, [this], this.#reduction("max", options));
  }

  /** Smallest over axes; NaN wins. */
  min(options: ReduceOptions = {}): Tensor {
    return dispatchOne(primitives.min, [this], this.#reduction("min", options));
  }

  /** Arithmetic mean over axes, float; NaN over nothing. */
  mean(options: ReduceOptions = {}): Tensor {
    return mean(this, options);
  }

  /** Mean squared distance from the mean over axes, divided by n - `correction` (default 0). */
  variance(options: ReduceOptions & { readonly correction?: number } = {}): Tensor {
    return variance(this, options);
  }

  /** `log(sum(e^x))` over axes, without overflow; -Infinity over nothing. */
  logSumExp(options: ReduceOptions = {}): Tensor {
    return logSumExp(this, options);
  }

  /** int32 position of the largest element along an axis, the first at ties. */
  argmax({ axis }: AxisOptions): Tensor {
    return dispatchOne(primitives.argmax, [this], { axis: normalizeAxis("argmax", axis, this.rank) });
  }

  /** int32 position of the smallest element along an axis, the first at ties. */
  argmin({ axis }: AxisOptions): Tensor {
    return dispatchOne(primitives.argmin, [this], { axis: normalizeAxis("argmin", axis, this.rank) });
  }

  /** Matrix product `[…, m, k] x […, k, n]`; batch axes broadcast; transposed operands are not copied. */
  matmul(other: Tensor): Tensor {
    return dispatchOne(primitives.matmul, [this, other]);
  }

  /** Swaps the last two axes, as a view. */
  transpose(): Tensor {
    const last = this.rank - 1;
    if (last < 1) fail("axis", `transpose: needs rank >= 2, got ${formatShape(this.shape)}`);
    return this.permute(this.shape.map((_, axis) => (axis === last ? last - 1 : axis === last - 1 ? last : axis)));
  }

  /** Axes in another order, as a view. */
  permute(axes: readonly number[]): Tensor {
    return dispatchOne(primitives.permute, [this], { axes: axes.map((axis) => normalizeAxis("permute", axis, this.rank)) });
  }

  /** Another shape over the same elements; one size may be -1 and follows from the others. */
  reshape(shape: Shape): Tensor {
    return dispatchOne(primitives.reshape, [this], { shape: completeShape(this.shape, shape) });
  }

  /** Repeats axes of size 1 and new leading axes, as a view. */
  broadcastTo(shape: Shape): Tensor {
    return dispatchOne(primitives.broadcastTo, [this], { shape });
  }

  /** Part of one axis, as a view. */
  slice({ axis, start, stop, step = 1 }: SliceOptions): Tensor {
    const along = normalizeAxis("slice", axis, this.rank);
    const range = sliceRange(this.shape[along] as number, { start, stop, step });
    const pick = (value: number, otherwise: number): number[] =>
      this.shape.map((_, index) => (index === along ? value : otherwise));
    return dispatchOne(primitives.slice, [this], {
      starts: pick(range.start, 0),
      sizes: this.shape.map((whole, index) => (index === along ? range.size : whole)),
      steps: pick(step, 1),
    });
  }

  /** One axis back to front, as a view. */
  flip({ axis }: AxisOptions): Tensor {
    return this.slice({ axis, step: -1 });
  }

  /** Consecutive parts of one axis, as views: a count of equal parts, or the size of each. */
  split(parts: number | readonly number[], { axis }: AxisOptions): Tensor[] {
    const along = normalizeAxis("split", axis, this.rank);
    const length = this.shape[along] as number;
    if (typeof parts === "number" && (!Number.isInteger(length / parts) || parts < 1)) {
      fail(
        "shape",
        `split: axis ${axis} of ${formatShape(this.shape)} does not divide into ${parts} equal parts; give the sizes`,
      );
    }
    const sizes = typeof parts === "number" ? new Array<number>(parts).fill(length / parts) : parts;
    return dispatch(primitives.split, [this], { axis: along, sizes });
  }

  /** The slices along one axis, without it. */
  unstack({ axis }: AxisOptions): Tensor[] {
    const along = normalizeAxis("unstack", axis, this.rank);
    const length = this.shape[along] as number;
    return this.split(new Array<number>(length).fill(1), { axis: along }).map((part) => part.squeeze({ axis: along }));
  }

  /** Drops an axis of size 1. */
  squeeze({ axis }: AxisOptions): Tensor {
    const along = normalizeAxis("squeeze", axis, this.rank);
    if (this.shape[along] !== 1) fail("shape", `squeeze: axis ${axis} of ${formatShape(this.shape)} must have size 1`);
    return this.reshape(this.shape.filter((_, index) => index !== along));
  }

  /** Adds an axis of size 1 before position `axis` of the result. */
  unsqueeze({ axis }: AxisOptions): Tensor {
    const along = normalizeAxis("unsqueeze", axis, this.rank + 1);
    return this.reshape([...this.shape.slice(0, along), 1, ...this.shape.slice(along)]);
  }

  /** Whole slices at int32 `indices` along an axis, which the shape of the indices replaces. */
  take(indices: Tensor, { axis }: AxisOptions): Tensor {
    return dispatchOne(primitives.take, [this, indices], { axis: normalizeAxis("take", axis, this.rank) });
  }

  /** A copy with `updates` added at int32 `indices` along an axis; repeated indices add up. */
  scatterAdd(indices: Tensor, updates: Tensor, { axis }: AxisOptions): Tensor {
    const along = normalizeAxis("scatterAdd", axis, this.rank);
    return dispatchOne(primitives.scatterAdd, [this, indices, updates], { axis: along });
  }

  /** One element per index along an axis; the other axes of `indices` match. */
  takeAlong(indices: Tensor, { axis }: AxisOptions): Tensor {
    return dispatchOne(primitives.takeAlong, [this, indices], { axis: normalizeAxis("takeAlong", axis, this.rank) });
  }

  /** A copy with each update added at its index along an axis. */
  scatterAddAlong(indices: Tensor, updates: Tensor, { axis }: AxisOptions): Tensor {
    const along = normalizeAxis("scatterAddAlong", axis, this.rank);
    return dispatchOne(primitives.scatterAddAlong, [this, indices, updates], { axis: along });
  }

  /** Running sum along an axis, inclusive; `reverse` sums from the end. */
  cumsum({ axis, reverse = false }: AxisOptions & { readonly reverse?: boolean }): Tensor {
    return dispatchOne(primitives.cumsum, [this], { axis: normalizeAxis("cumsum", axis, this.rank), reverse });
  }

  /** int32 order of the elements along an axis, stable, NaN last. */
  argsort({ axis, descending = false }: AxisOptions & { readonly descending?: boolean }): Tensor {
    return dispatchOne(primitives.argsort, [this], { axis: normalizeAxis("argsort", axis, this.rank), descending });
  }

  /** The elements along an axis in ascending order, NaN last. */
  sort(options: AxisOptions & { readonly descending?: boolean }): Tensor {
    return sort(this, options);
  }

  /** The `k` largest elements along an axis (default the last), largest first, and their positions; NaN comes last. */
  topK(k: number, options: { readonly axis?: number } = {}): TopK {
    return topK(this, k, options);
  }

  /** `e^x / sum(e^x)` along an axis (default the last). */
  softmax({ axis = -1 }: { readonly axis?: number } = {}): Tensor {
    return dispatchOne(primitives.softmax, [this], { axis: normalizeAxis("softmax", axis, this.rank) });
  }

  /** `log(softmax(x))` along an axis (default the last), without overflow. */
  logSoftmax({ axis = -1 }: { readonly axis?: number } = {}): Tensor {
    return dispatchOne(primitives.logSoftmax, [this], { axis: normalizeAxis("logSoftmax", axis, this.rank) });
  }

  /** A contiguous copy. */
  copy(): Tensor {
    return dispatchOne(primitives.copy, [this]);
  }

  /** The elements in row-major order, copied into a JavaScript array. */
  toTypedArray(): TypedArray {
    return readRowMajor(this.toDense());
  }

  /** The only element, as a number (bool gives 0 or 1). */
  item(): number {
    if (this.size !== 1) fail("shape", `item: needs exactly one element, got ${formatShape(this.shape)}`);
    return this.toTypedArray()[0] as number;
  }

  /** The slices along the first axis, as views; of a vector, scalars. */
  *[Symbol.iterator](): IterableIterator<Tensor> {
    if (this.rank === 0) fail("axis", "iteration: a scalar has no axis to walk along; use item()");
    yield* this.unstack({ axis: 0 });
  }

  /** Elements as NumPy prints them, at most 200. */
  toString(): string {
    return formatTensor(this.toTypedArray(), this.shape, this.dtype);
  }

  #reduction(operation: string, { axes, keepDims = false }: ReduceOptions): { axes: readonly number[]; keepDims: boolean } {
    return { axes: normalizeAxes(operation, axes, this.rank), keepDims };
  }
}
