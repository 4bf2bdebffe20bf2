import type { Backend, Storage } from "../backend.js";
import { makeTypedArray, type DType, type TypedArray } from "../dtype.js";
import { fail } from "../error.js";
import { referenceKernels } from "./kernels.js";

class ReferenceStorage implements Storage {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly length: number;
  #data: TypedArray | undefined;

  constructor(backend: Backend, dtype: DType, length: number) {
    this.backend = backend;
    this.dtype = dtype;
    this.length = length;
    this.#data = makeTypedArray(dtype, length);
  }

  get data(): TypedArray {
    return (
      this.#data ??
      fail("disposed", "tensor: used after it was freed; return it from its scope(), or keep() it, before the scope ends")
    );
  }

  get disposed(): boolean {
    return this.#data === undefined;
  }

  dispose(): void {
    this.#data = undefined;
  }
}

/** Plain JavaScript: every dtype, every primitive, no speed; the truth the other backends are checked against. */
export const referenceBackend: Backend = {
  name: "reference",
  dtypes: ["float32", "float64", "int32", "bool"],
  allocate(dtype: DType, length: number): Storage {
    return new ReferenceStorage(referenceBackend, dtype, length);
  },
  kernels: referenceKernels,
};
