import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { toBytes } from "../to-bytes.js";
import { elementType } from "./element-types.js";
import { headerLength, parseHeader, type SafetensorsEntry } from "./header.js";

/** What a safetensors file holds. Both records are without prototype, so that any name is safe. */
export interface Safetensors {
  readonly tensors: Record<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file. F32, F64, I32 and BOOL come back bit for bit; F16 and BF16 are widened to float32; other
 * integers become int32 and must fit. A hostile file cannot allocate more than a small multiple of its own size.
 *
 * @param file - Its bytes, such as those of `readFile` or of `response.arrayBuffer()`.
 * @throws SerializeError `format`, `limit`, `dtype`, `value`
 * @example
 * decodeSafetensors(encodeSafetensors({ weight: zeros([2, 3]) })).tensors.weight?.shape; // [2, 3]
 */
export function decodeSafetensors(file: Uint8Array | ArrayBuffer): Safetensors {
  const bytes = toBytes("read safetensors", file);
  const length = headerLength(bytes.subarray(0, 8), bytes.byteLength);
  const { entries, metadata } = parseHeader(bytes.subarray(8, 8 + length), bytes.byteLength);
  const tensors = Object.create(null) as Record<string, Tensor>;
  for (const entry of entries) tensors[entry.name] = decodeEntry(entry, bytes.subarray(entry.start, entry.end));
  return { tensors, metadata };
}

/** The tensor of an entry, from its bytes alone. */
export function decodeEntry({ name, dtype, shape }: SafetensorsEntry, bytes: Uint8Array): Tensor {
  return fromTypedArray(elementType(dtype, name).read(bytes, JSON.stringify(name)), shape);
}
