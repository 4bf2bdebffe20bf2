import type { DType, TypedArray } from "@unroll/tensor";

import { fail } from "../error.js";
import { widenBfloat16, widenFloat16 } from "./half-floats.js";

/** How elements of one stored type become elements of a tensor. */
export interface ElementType {
  readonly bytes: number;
  /** @param bytes - Little-endian elements, a whole number of them; `name` is for messages. */
  read(bytes: Uint8Array, name: string): TypedArray;
}

/** The stored type of each dtype, in the order in which they lie in a file: widest first, so that all are aligned. */
export const storedTypes: Readonly<Record<DType, string>> = { float64: "F64", float32: "F32", int32: "I32", bool: "BOOL" };

interface ArrayView<A> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
}

// A view where the alignment allows, else of a copy. (`slice` would not do: that of Node's Buffer makes no copy.)
function view<A>(kind: ArrayView<A>, bytes: Uint8Array): A {
  const aligned = bytes.byteOffset % kind.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
  return new kind(aligned.buffer, aligned.byteOffset, bytes.byteLength / kind.BYTES_PER_ELEMENT);
}

function checkedInt32(values: ArrayLike<number | bigint>, name: string): Int32Array {
  const result = new Int32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number | bigint;
    if (value > 0x7fffffff || value < -0x80000000) {
      fail("value", `read ${name}: integers must fit in int32, got ${value} at element ${index}; store smaller numbers`);
    }
    result[index] = Number(value);
  }
  return result;
}

function checkedBool(bytes: Uint8Array, name: string): Uint8Array {
  const wrong = bytes.findIndex((byte) => byte > 1);
  if (wrong >= 0)
    fail("value", `read ${name}: booleans must be 0 or 1, got ${String(bytes[wrong])} at element ${wrong}; store U8 instead`);
  return bytes;
}

const types: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["F64", { bytes: 8, read: (bytes) => view(Float64Array, bytes) }],
  ["F32", { bytes: 4, read: (bytes) => view(Float32Array, bytes) }],
  ["F16", { bytes: 2, read: (bytes) => widenFloat16(view(Uint16Array, bytes)) }],
  ["BF16", { bytes: 2, read: (bytes) => widenBfloat16(view(Uint16Array, bytes)) }],
  ["I64", { bytes: 8, read: (bytes, name) => checkedInt32(view(BigInt64Array, bytes), name) }],
  ["U64", { bytes: 8, read: (bytes, name) => checkedInt32(view(BigUint64Array, bytes), name) }],
  ["I32", { bytes: 4, read: (bytes) => view(Int32Array, bytes) }],
  ["U32", { bytes: 4, read: (bytes, name) => checkedInt32(view(Uint32Array, bytes), name) }],
  ["I16", { bytes: 2, read: (bytes) => Int32Array.from(view(Int16Array, bytes)) }],
  ["U16", { bytes: 2, read: (bytes) => Int32Array.from(view(Uint16Array, bytes)) }],
  ["I8", { bytes: 1, read: (bytes) => Int32Array.from(view(Int8Array, bytes)) }],
  ["U8", { bytes: 1, read: (bytes) => Int32Array.from(bytes) }],
  ["BOOL", { bytes: 1, read: checkedBool }],
]);

/**
 * The stored type of a name.
 *
 * @throws SerializeError `dtype` for a type no tensor here can hold.
 */
export function elementType(dtype: string, name: string): ElementType {
  return (
    types.get(dtype) ??
    fail(
      "dtype",
      `read ${name}: the element type must be one of ${[...types.keys()].join(", ")}, got ${dtype}; convert it to F32 first`,
    )
  );
}
