import { bytesPerElement, Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { isPlainRecord, kindOf } from "../plain-record.js";
import { storedTypes } from "./element-types.js";
import { maxHeaderBytes } from "./header.js";

/** What goes into a file beside the tensors. */
export interface SafetensorsOptions {
  /** Free texts by name. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const order = Object.keys(storedTypes);

/**
 * The parts of a safetensors file, one after the other: the header, then the elements of each tensor, made as they are
 * asked for.
 *
 * @throws SerializeError `value` for what are no tensors by name, or texts by name as metadata; `name` for a name the format
 * cannot hold, `limit` when the header gets too long.
 */
export function* safetensorsParts(
  tensors: Readonly<Record<string, Tensor>>,
  { metadata }: SafetensorsOptions = {},
): Generator<Uint8Array, void, undefined> {
  if (!isPlainRecord(tensors)) {
    fail(
      "value",
      `write safetensors: tensors must be a plain object of them by name, got ${kindOf(tensors)}; Object.fromEntries(map) makes one of a Map`,
    );
  }
  for (const [name, tensor] of Object.entries<unknown>(tensors)) {
    if (!Tensor.isTensor(tensor))
      fail(
        "value",
        `write safetensors: every value must be a tensor, got ${kindOf(tensor)} at ${JSON.stringify(name)}; make one with fromTypedArray`,
      );
  }
  const sorted = Object.entries(tensors).sort(
    ([a, x], [b, y]) => order.indexOf(x.dtype) - order.indexOf(y.dtype) || (a < b ? -1 : 1),
  );
  const fields: [string, unknown][] = [];
  if (metadata !== undefined) {
    if (!isPlainRecord(metadata))
      fail("value", `write safetensors: metadata must be a plain object of strings, got ${kindOf(metadata)}`);
    for (const [key, text] of Object.entries(metadata)) {
      checkText(key);
      if (typeof text !== "string")
        fail("value", `write safetensors: metadata must be strings, got ${typeof text} at ${JSON.stringify(key)}`);
      checkText(text);
    }
    fields.push(["__metadata__", metadata]);
  }
  let position = 0;
  for (const [name, { dtype, shape, size }] of sorted) {
    if (name === "__metadata__") fail("name", 'write safetensors: the name "__metadata__" is reserved; rename the tensor');
    checkText(name);
    const end = position + size * bytesPerElement[dtype];
    fields.push([name, { dtype: storedTypes[dtype], shape, data_offsets: [position, end] }]);
    position = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  if (json.byteLength > maxHeaderBytes) {
    fail(
      "limit",
      `write safetensors: a header has at most ${maxHeaderBytes} bytes, got ${json.byteLength}; shorten the metadata`,
    );
  }
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  yield head;
  for (const [, tensor] of sorted) {
    const elements = tensor.toTypedArray();
    yield new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  }
}

/**
 * A safetensors file with these tensors, readable by PyTorch's `load_file`. Elements are stored bit for bit: float32
 * as F32, float64 as F64, int32 as I32, bool as BOOL; the widest come first, so that a reader needs no copy.
 *
 * @throws SerializeError `name`, `value`, `limit`
 * @example
 * encodeSafetensors({ weight: zeros([2, 3]) }).byteLength; // 96
 */
export function encodeSafetensors(tensors: Readonly<Record<string, Tensor>>, options: SafetensorsOptions = {}): Uint8Array {
  return joinParts([...safetensorsParts(tensors, options)]);
}

/** One array out of several. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.byteLength;
  }
  return whole;
}

// JSON written by others has no way to spell half of a surrogate pair.
function checkText(text: string): void {
  if (/\p{Surrogate}/u.test(text))
    fail("name", `write safetensors: names and metadata must be well-formed Unicode, got ${JSON.stringify(text)}`);
}
