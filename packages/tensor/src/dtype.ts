import { fail } from "./error.js";

/** Element types: `float32` (default), `float64` (reference backend only), `int32` (indices), `bool` (masks, one byte each). */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The JavaScript array that holds elements of a tensor. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

interface TypedArrays {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
  readonly bool: Uint8Array;
}

/** The JavaScript array for elements of a dtype. */
export type TypedArrayOf<D extends DType> = TypedArrays[D];

interface Elements {
  readonly float32: number;
  readonly float64: number;
  readonly int32: number;
  readonly bool: 0 | 1;
}

/** What one element of a dtype is in JavaScript. */
export type ElementOf<D extends DType> = Elements[D];

/** The dtype of the elements of a typed array; `Uint8Array` means bool. */
export type DTypeOf<A extends TypedArray> = A extends Float32Array
  ? "float32"
  : A extends Float64Array
    ? "float64"
    : A extends Int32Array
      ? "int32"
      : "bool";

/** Bytes per element. */
export const bytesPerElement: Readonly<Record<DType, number>> = { bool: 1, int32: 4, float32: 4, float64: 8 };

/** Whether the dtype is float32 or float64. */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** Throws unless the dtype is a float one. */
export function expectFloat(operation: string, dtype: DType): void {
  if (!isFloat(dtype)) fail("dtype", `${operation}: needs a float tensor, got ${dtype}; cast("float32") first`);
}

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;

/** A new zero-filled JavaScript array for `length` elements. */
export function makeTypedArray<D extends DType>(dtype: D, length: number): TypedArrayOf<D> {
  const Elements: (new (length: number) => TypedArray) | undefined = arrays[dtype];
  if (Elements === undefined) fail("dtype", `${String(dtype)} is no dtype; take one of ${Object.keys(arrays).join(", ")}`);
  return new Elements(length) as TypedArrayOf<D>;
}

/** The dtype of a typed array; `Uint8Array` means bool. */
export function dtypeOf<A extends TypedArray>(array: A): DTypeOf<A> {
  for (const [dtype, constructor] of Object.entries(arrays)) if (array instanceof constructor) return dtype as DTypeOf<A>;
  return fail("dtype", "dtypeOf: only Float32Array, Float64Array, Int32Array and Uint8Array hold tensors");
}
