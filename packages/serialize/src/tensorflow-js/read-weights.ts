import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { isObject } from "../keras/layer-config.js";
import { elementsOf, storedBytes, type WeightEntry } from "./weight-entry.js";

/** Gives the bytes of a file beside model.json, by its relative path. */
export type ReadShard = (path: string) => Uint8Array | Promise<Uint8Array>;

/**
 * Reads the weights of a manifest: groups of files, each of which holds its weights one after the other.
 *
 * @throws SerializeError `format` unless the files are as long as the manifest says; `dtype`; `file` when one cannot be read
 */
export async function readWeights(manifest: readonly unknown[], readShard: ReadShard): Promise<ReadonlyMap<string, Tensor>> {
  const tensors = new Map<string, Tensor>();
  for (const group of manifest) {
    const { paths, weights } = isObject(group) ? group : {};
    if (!Array.isArray(paths) || !Array.isArray(weights))
      return fail("format", "read TensorFlow.js: each group of the manifest must have paths and weights; save the model again");
    const entries = weights.map(weightEntry);
    const needed = entries.reduce((sum, entry) => sum + storedBytes(entry), 0);
    const bytes = await readShards(paths, { needed, readShard });
    let start = 0;
    for (const entry of entries) {
      const end = start + storedBytes(entry);
      if (tensors.has(entry.name))
        fail(
          "format",
          `read TensorFlow.js: the names of weights must differ, got a second ${JSON.stringify(entry.name)}; save the model again`,
        );
      const elements = elementsOf(entry, bytes.slice(start, end));
      if (elements !== undefined) tensors.set(entry.name, fromTypedArray(elements, entry.shape));
      start = end;
    }
  }
  return tensors;
}

function weightEntry(value: unknown): WeightEntry {
  const { name, shape, dtype, quantization } = isObject(value) ? value : {};
  const isShape =
    Array.isArray(shape) && shape.length <= 64 && shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (typeof name !== "string" || typeof dtype !== "string" || !isShape)
    return fail("format", "read TensorFlow.js: each weight must have a name, a shape and a dtype; save the model again");
  return { name, shape: shape as number[], dtype, quantization: isObject(quantization) ? quantization : undefined };
}

async function readShards(
  paths: readonly unknown[],
  { needed, readShard }: { readonly needed: number; readonly readShard: ReadShard },
): Promise<Uint8Array> {
  const shards: Uint8Array[] = [];
  let length = 0;
  for (const path of paths) {
    if (typeof path !== "string" || !staysInside(path))
      return fail("format", `read TensorFlow.js: the path ${JSON.stringify(path)} must lead to a file beside model.json`);
    const shard = await shardAt(path, readShard);
    shards.push(shard);
    length += shard.byteLength;
  }
  if (length !== needed) {
    const names = paths.slice(0, 5).join(", ");
    return fail(
      "format",
      `read TensorFlow.js: ${names} must hold ${needed} bytes of weights, got ${length}; copy or download it again`,
    );
  }
  const bytes = new Uint8Array(length);
  let start = 0;
  for (const shard of shards) {
    bytes.set(shard, start);
    start += shard.byteLength;
  }
  return bytes;
}

async function shardAt(path: string, readShard: ReadShard): Promise<Uint8Array> {
  try {
    return await readShard(path);
  } catch (cause) {
    return fail(
      "file",
      `read TensorFlow.js: reading ${JSON.stringify(path)} failed: ${(cause as Error).message}; check that it lies beside model.json`,
      {
        cause,
      },
    );
  }
}

// A file may name its own parts, but nothing else on the disk or the server.
function staysInside(path: string): boolean {
  return path !== "" && !/^[/\\]|^[a-z][a-z\d+.-]*:|\\/i.test(path) && !path.split("/").includes("..");
}
