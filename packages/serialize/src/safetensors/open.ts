import type { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { kindOf } from "../plain-record.js";
import { decodeEntry } from "./decode.js";
import { headerLength, parseHeader, type SafetensorsHeader } from "./header.js";

/** Bytes that are read piece by piece. */
export interface ByteSource {
  /** Number of bytes in all. */
  readonly size: number;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** A safetensors file whose tensors are read one at a time. */
export interface OpenSafetensors extends SafetensorsHeader {
  /**
   * Reads one tensor.
   *
   * @throws SerializeError `name` when the file has no such tensor, else as `decodeSafetensors`
   */
  read(name: string): Promise<Tensor>;
}

/**
 * Reads the header of a safetensors file and leaves the elements where they are, until they are asked for.
 *
 * @throws SerializeError `format`, `limit`, `dtype`; a hostile header allocates no more than the file's own size
 * @example
 * const file = await openSafetensors(blobSource(new Blob([bytes])));
 * const weight = await file.read("weight");
 */
export async function openSafetensors(source: ByteSource): Promise<OpenSafetensors> {
  if (typeof (source as Partial<ByteSource> | undefined)?.read !== "function")
    fail("value", `open safetensors: needs a source such as blobSource(blob), got ${kindOf(source)}`);
  const length = headerLength(await readWhole(source, 0, Math.min(8, source.size)), source.size);
  const header = parseHeader(await readWhole(source, 8, 8 + length), source.size);
  const byName = new Map(header.entries.map((entry) => [entry.name, entry]));
  return {
    ...header,
    async read(name) {
      const entry = byName.get(name);
      if (entry === undefined) {
        const some = [...byName.keys()].slice(0, 5).join(", ");
        return fail("name", `read safetensors: the file has no tensor ${JSON.stringify(name)}; it has ${byName.size}: ${some}`);
      }
      return decodeEntry(entry, await readWhole(source, entry.start, entry.end));
    },
  };
}

async function readWhole(source: ByteSource, start: number, end: number): Promise<Uint8Array> {
  const bytes = await source.read(start, end);
  if (bytes.byteLength !== end - start) {
    fail(
      "format",
      `read safetensors: bytes ${start} to ${end} must be there, got ${bytes.byteLength} of them; the file changed or is truncated`,
    );
  }
  return bytes;
}
