import type { Storage } from "./backend.js";
import type { DType, TypedArrayOf } from "./dtype.js";
import type { Interpreter } from "./interpreter.js";
import { isRowMajor, rowMajorStrides, type Shape, type Strided } from "./shape.js";
import { Tensor } from "./tensor.js";

/** Where a {@link DenseTensor} lies in its storage. */
export interface DenseLayout {
  readonly shape: Shape;
  readonly strides?: readonly number[] | undefined;
  readonly offset?: number;
}

/** A tensor that has elements: a strided view of a storage. */
export class DenseTensor<D extends DType = DType> extends Tensor<D> {
  readonly shape: Shape;
  readonly dtype: D;
  readonly interpreter: Interpreter;
  readonly storage: Storage;
  /** Position of the first element in the storage. */
  readonly offset: number;
  /** Whether the elements lie in row-major order without gaps. */
  readonly isContiguous: boolean;
  // Of most tensors nobody asks them.
  #strides: readonly number[] | undefined;

  constructor(storage: Storage, layout: DenseLayout, interpreter: Interpreter) {
    super();
    this.shape = layout.shape;
    this.dtype = storage.dtype as D;
    this.interpreter = interpreter;
    this.storage = storage;
    this.offset = layout.offset ?? 0;
    this.#strides = layout.strides;
    this.isContiguous = layout.strides === undefined || isRowMajor(layout as Strided);
  }

  /** Elements to step per axis; 0 repeats, a negative one walks backwards. */
  get strides(): readonly number[] {
    return (this.#strides ??= rowMajorStrides(this.shape));
  }

  override toDense(): DenseTensor<D> {
    return this;
  }

  override dispose(): void {
    this.storage.dispose();
  }

  /** A fresh window of the storage on a contiguous tensor's elements; invalid after the next allocation. */
  window(): TypedArrayOf<D> {
    return this.storage.data.subarray(this.offset, this.offset + this.size) as TypedArrayOf<D>;
  }
}
