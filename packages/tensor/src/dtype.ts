import { fail } from "./error.js";

/** Element types: `float32` (default), `float64` (reference backend only), `int32` (indices), `bool` (masks, one byte each). */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The JavaScript array that holds elements of a tensor. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const rank: Readonly<Record<DType, number>> = { bool: 0, int32: 1, float32: 2, float64: 3 };

/** Bytes per element. */
export const bytesPerElement: Readonly<Record<DType, number>> = { bool: 1, int32: 4, float32: 4, float64: 8 };

/** The dtype that holds both operands: the later of bool, int32, float32, float64. */
export function promote(a: DType, b: DType): DType {
  return rank[a] >= rank[b] ? a : b;
}

/** Whether the dtype is float32 or float64. */
export function isFloat(dtype: DType): boolean {
  return rank[dtype] >= 2;
}

/** A new zero-filled JavaScript array for `length` elements. */
export function makeTypedArray(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "bool":
      return new Uint8Array(length);
  }
}

/** The dtype of a typed array; `Uint8Array` means bool. */
export function dtypeOf(array: TypedArray): DType {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Int32Array) return "int32";
  if (array instanceof Uint8Array) return "bool";
  return fail("dtype", "dtypeOf: only Float32Array, Float64Array, Int32Array and Uint8Array hold tensors");
}
