import type { DType, TypedArray } from "./dtype.js";
import type { DenseTensor } from "./dense.js";
import type { KernelName } from "./primitives/table.js";

/** A block of elements owned by one backend. */
export interface Storage {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly length: number;
  /** A fresh view of the elements; throws a `TensorError` with code `disposed` after {@link Storage.dispose}. Never keep it across an allocation. */
  readonly data: TypedArray;
  readonly disposed: boolean;
  /** Gives the block back; twice is harmless. */
  dispose(): void;
  /** Called when no open scope will free it: a backend with its own heap may then watch for garbage collection. */
  leaveScopes?(): void;
}

/**
 * Runs one primitive. `output` is allocated, contiguous and of the inferred shape; inputs may be any strided view
 * (strides may be 0 or negative). The attributes are those of the primitive of the same name.
 */
export type Kernel<A = never> = (inputs: readonly DenseTensor[], output: DenseTensor, attributes: A) => void;

/** One kernel for each primitive that is not a pure view. */
export type KernelTable = Readonly<Record<KernelName, Kernel>>;

/** Where tensors live and how primitives run on them. A backend owns nothing but storage and kernels. */
export interface Backend {
  readonly name: string;
  readonly dtypes: readonly DType[];
  /** A block of `length` elements whose contents are undefined. */
  allocate(dtype: DType, length: number): Storage;
  readonly kernels: KernelTable;
}
