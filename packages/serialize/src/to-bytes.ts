import { fail } from "./error.js";
import { kindOf } from "./plain-record.js";

/**
 * The bytes of a file as one kind of array, without a copy.
 *
 * @throws SerializeError `value` for anything but a `Uint8Array` or an `ArrayBuffer`
 */
export function toBytes(operation: string, bytes: Uint8Array | ArrayBuffer): Uint8Array {
  // Not by instanceof: those of another realm, such as a frame's, are not instances here.
  const tag = Object.prototype.toString.call(bytes);
  if (tag === "[object Uint8Array]") return bytes as Uint8Array;
  if (tag === "[object ArrayBuffer]") return new Uint8Array(bytes);
  return fail(
    "value",
    `${operation}: a file is given as a Uint8Array or an ArrayBuffer, got ${kindOf(bytes)}; read it first, with readFile or arrayBuffer()`,
  );
}
