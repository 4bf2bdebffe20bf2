import { readFile } from "node:fs/promises";
import type { Tensor } from "@unroll/tensor";

import { checkpointParts, decodeCheckpoint, type CheckpointOptions } from "../checkpoint/checkpoint.js";
import type { CheckpointTree } from "../checkpoint/tree.js";
import { decodeSafetensors, type Safetensors } from "../safetensors/decode.js";
import { safetensorsParts, type SafetensorsOptions } from "../safetensors/encode.js";
import { named } from "./named.js";
import { writeAtomically, type WriteOptions } from "./write-atomically.js";

/**
 * Writes tensors, as they are at the moment of the call, to a safetensors file. The file is replaced in one step: a
 * crash leaves the old one or the new one. A missing folder is made.
 *
 * @throws SerializeError `file` when the file system refuses, else as `encodeSafetensors`
 */
export async function saveSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  options: SafetensorsOptions = {},
): Promise<void> {
  await named("saveSafetensors", path, () => writeAtomically(path, [...safetensorsParts(tensors, options)]));
}

/**
 * Reads a safetensors file.
 *
 * @throws SerializeError `file` when there is none or it cannot be read, else as `decodeSafetensors`, with the path
 */
export async function loadSafetensors(path: string): Promise<Safetensors> {
  return named("loadSafetensors", path, async () => decodeSafetensors(await readFile(path)));
}

/**
 * Writes a checkpoint, as the tree is at the moment of the call. The file is replaced in one step: a crash leaves the
 * old one or the new one. A missing folder is made.
 *
 * @param options - `keepPrevious` (default false) leaves the file that is replaced as `<path>.previous`.
 * @throws SerializeError `file` when the file system refuses, else as `encodeCheckpoint`
 */
export async function saveCheckpoint(path: string, tree: object, options: WriteOptions = {}): Promise<void> {
  await named("saveCheckpoint", path, () => writeAtomically(path, [...checkpointParts(tree)], options));
}

/**
 * Reads a checkpoint.
 *
 * @param options - With a `schema` (valibot, zod, …) the result is checked and has its type.
 * @throws SerializeError `file` when there is none or it cannot be read, else as `decodeCheckpoint`, with the path
 */
export async function loadCheckpoint(path: string): Promise<CheckpointTree>;
export async function loadCheckpoint<T>(path: string, options: CheckpointOptions<T>): Promise<T>;
export async function loadCheckpoint<T>(path: string, options?: CheckpointOptions<T>): Promise<CheckpointTree | T> {
  return named("loadCheckpoint", path, async () => {
    const bytes = await readFile(path);
    return options === undefined ? decodeCheckpoint(bytes) : decodeCheckpoint(bytes, options);
  });
}
