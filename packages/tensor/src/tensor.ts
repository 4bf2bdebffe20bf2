import { floor, gelu, softplus } from "./compositions/elementwise.js";
import { sort, topK, type TopK } from "./compositions/sorting.js";
import { logSumExp, mean, variance } from "./compositions/statistics.js";
import type { Operand } from "./dispatch.js";
import type { DType, ElementOf, TypedArrayOf } from "./dtype.js";
import { fail } from "./error.js";
import { formatTensor } from "./format.js";
import { apply } from "./methods/apply.js";
import { IndexingMethods } from "./methods/indexing.js";
import type { AxisOptions, ReduceOptions } from "./options.js";
import { primitives } from "./primitives/table.js";
import type { Quotient } from "./promotion.js";
import { readRowMajor } from "./reference/walk.js";
import { formatShape } from "./shape.js";

// A plain property, so that two copies of this package recognise each other's tensors.
const marker = "@unroll/tensor/1";

/**
 * An n-dimensional array with elements of dtype `D`. Each method runs one primitive, or a few, through `dispatch`: on plain
 * tensors it computes at once, on variables it is recorded for differentiation, on tracers it becomes part of a graph.
 * Operations never change their operands; a number may stand wherever a second tensor may.
 *
 * The methods of single primitives stand in `methods/`, family by family; here are those that compose them, and the reading ones.
 */
export abstract class Tensor<out D extends DType = DType> extends IndexingMethods<D> {
  // What Node's console shows; of one that is freed or traced there are no elements.
  static {
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: Tensor) {
        try {
          return this.toString();
        } catch {
          return `Tensor(${this.dtype} ${formatShape(this.shape)})`;
        }
      },
    });
  }

  // On the prototype: every operation makes tensors.
  get "@unroll/tensor/1"(): boolean {
    return true;
  }

  /** Whether a value is a tensor, of this copy of the package or another. */
  static isTensor(value: unknown): value is Tensor {
    return typeof value === "object" && value !== null && marker in value;
  }

  /** `log(1 + e^x)`, without overflow. */
  softplus(): Tensor<D> {
    return softplus(this) as Tensor<D>;
  }

  /** Gaussian error linear unit, the tanh approximation of Hendrycks and Gimpel (arXiv 1606.08415). */
  gelu(): Tensor<Quotient<D, D>> {
    return gelu(this) as Tensor<Quotient<D, D>>;
  }

  /** The largest integer not above each element; has no gradient. */
  floor(): Tensor<D> {
    return floor(this) as Tensor<D>;
  }

  /** Both are true (not 0). */
  logicalAnd(other: Operand): Tensor<"bool"> {
    return this.cast("bool").minimum(truthOf(other)).cast("bool");
  }

  /** Either is true (not 0). */
  logicalOr(other: Operand): Tensor<"bool"> {
    return this.cast("bool").maximum(truthOf(other)).cast("bool");
  }

  /** The same values in another dtype. */
  cast<E extends DType>(dtype: E): Tensor<E> {
    const own: DType = this.dtype;
    return own === dtype ? (this as Tensor as Tensor<E>) : apply(primitives.cast, [this], { dtype });
  }

  /** Arithmetic mean over axes, float; NaN over nothing. */
  mean(options: ReduceOptions = {}): Tensor<Quotient<D, D>> {
    return mean(this, options) as Tensor<Quotient<D, D>>;
  }

  /** Mean squared distance from the mean over axes, divided by n - `correction` (default 0). */
  variance(options: ReduceOptions & { readonly correction?: number } = {}): Tensor<Quotient<D, D>> {
    return variance(this, options) as Tensor<Quotient<D, D>>;
  }

  /** `log(sum(e^x))` over axes, without overflow; -Infinity over nothing. */
  logSumExp(options: ReduceOptions = {}): Tensor<D> {
    return logSumExp(this, options) as Tensor<D>;
  }

  /** The elements along an axis in ascending order, NaN last. */
  sort(options: AxisOptions & { readonly descending?: boolean }): Tensor<D> {
    return sort(this, options) as Tensor<D>;
  }

  /** The `k` largest elements along an axis (default the last), largest first, and their positions; NaN comes last. */
  topK(k: number, options: { readonly axis?: number } = {}): TopK<D> {
    return topK(this, k, options) as TopK<D>;
  }

  /** The elements in row-major order, copied into a JavaScript array. */
  toTypedArray(): TypedArrayOf<D> {
    return readRowMajor(this.toDense());
  }

  /** The only element; a bool gives 0 or 1. */
  item(): ElementOf<D> {
    if (this.size !== 1)
      fail("shape", `item: needs exactly one element, got ${formatShape(this.shape)}; toTypedArray() reads all`);
    return this.toTypedArray()[0] as ElementOf<D>;
  }

  /** The slices along the first axis, as views; of a vector, scalars. */
  *[Symbol.iterator](): IterableIterator<Tensor<D>> {
    if (this.rank === 0) fail("axis", "iteration: a scalar has no axis to walk along; use item()");
    yield* this.unstack({ axis: 0 });
  }

  /** Elements as NumPy prints them, at most 200. */
  override toString(): string {
    return formatTensor(this.toDense());
  }
}

function truthOf(x: Operand): Operand {
  return typeof x === "number" ? Number(x !== 0) : x.cast("bool");
}
