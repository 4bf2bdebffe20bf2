import type { DenseTensor } from "../dense.js";
import type { DType } from "../dtype.js";
import type { Interpreter } from "../interpreter.js";
import { sizeOf, type Shape } from "../shape.js";

/** What a tensor is before it can do anything; `Tensor` adds the operations, family by family. */
export abstract class AbstractTensor<D extends DType> {
  /** Sizes of each axis, outermost first. */
  abstract readonly shape: Shape;
  abstract readonly dtype: D;
  /** Who runs the operations this tensor takes part in. */
  abstract readonly interpreter: Interpreter;

  /** The tensor with elements that stands below this one. */
  abstract toDense(): DenseTensor<D>;

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
}
