import { decodeCheckpoint, type CheckpointOptions } from "../checkpoint/checkpoint.js";
import type { CheckpointTree } from "../checkpoint/tree.js";
import { fail, SerializeError } from "../error.js";
import { decodeSafetensors, type Safetensors } from "../safetensors/decode.js";
import { withStorageErrors } from "./storage-error.js";

/**
 * Reads a checkpoint from a file that the user picked or dropped, or any other `Blob`.
 *
 * @param options - With a `schema` the result is checked and has its type.
 * @throws SerializeError `file` when it cannot be read, else as `decodeCheckpoint`, with the file's name
 */
export async function readCheckpoint(blob: Blob): Promise<CheckpointTree>;
export async function readCheckpoint<T>(blob: Blob, options: CheckpointOptions<T>): Promise<T>;
export async function readCheckpoint<T>(blob: Blob, options?: CheckpointOptions<T>): Promise<CheckpointTree | T> {
  return decoded(blob, (bytes) => (options === undefined ? decodeCheckpoint(bytes) : decodeCheckpoint(bytes, options)));
}

/**
 * Reads a whole safetensors file that the user picked or dropped; `openSafetensors(blobSource(file))` reads single tensors.
 *
 * @throws SerializeError `file` when it cannot be read, else as `decodeSafetensors`, with the file's name
 */
export async function readSafetensors(blob: Blob): Promise<Safetensors> {
  return decoded(blob, decodeSafetensors);
}

async function decoded<R>(blob: Blob, decode: (bytes: Uint8Array) => R): Promise<R> {
  try {
    return decode(new Uint8Array(await withStorageErrors(() => blob.arrayBuffer())));
  } catch (cause) {
    if (!(cause instanceof SerializeError)) throw cause;
    const { name = "the blob" } = blob as Partial<File>;
    return fail(cause.code, `read ${name}: ${cause.message}`, { cause });
  }
}
