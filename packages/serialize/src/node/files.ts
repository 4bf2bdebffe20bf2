import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import type { Tensor } from "@unroll/tensor";

import { checkpointParts, decodeCheckpoint } from "../checkpoint/checkpoint.js";
import type { CheckpointTree } from "../checkpoint/tree.js";
import { fail, SerializeError } from "../error.js";
import { decodeSafetensors, type Safetensors } from "../safetensors/decode.js";
import { safetensorsParts, type SafetensorsOptions } from "../safetensors/encode.js";
import { writeAtomically } from "./write-atomically.js";

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
 * @throws SerializeError `file` when the file system refuses, else as `encodeCheckpoint`
 */
export async function saveCheckpoint(path: string, tree: object): Promise<void> {
  await named("saveCheckpoint", path, () => writeAtomically(path, [...checkpointParts(tree)]));
}

/**
 * Reads a checkpoint.
 *
 * @throws SerializeError `file` when there is none or it cannot be read, else as `decodeCheckpoint`, with the path
 */
export async function loadCheckpoint(path: string): Promise<CheckpointTree> {
  return named("loadCheckpoint", path, async () => decodeCheckpoint(await readFile(path)));
}

const remedies: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file; check the path or save one first",
  EACCES: "permission is denied; change the rights or choose another folder",
  EPERM: "the operation is not permitted; change the rights or choose another folder",
  EROFS: "the file system is read-only; choose another folder",
  EISDIR: "this is a folder; give the path of a file",
  ENOTDIR: "a part of the path is a file, not a folder; choose another path",
  EEXIST: "a part of the path is a file, not a folder; choose another path",
  ENOSPC: "the disk is full; free some space",
};

// Every error of a file operation says which file it was.
async function named<R>(operation: string, path: string, run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof SerializeError) fail(cause.code, `${operation}: ${resolve(path)}: ${cause.message}`, { cause });
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    return fail("file", `${operation}: ${resolve(path)}: ${remedies[code ?? ""] ?? cause.message}`, { cause });
  }
}
