import { fail } from "../error.js";
import { decodeSafetensors, type Safetensors } from "../safetensors/decode.js";
import { joinParts, safetensorsParts } from "../safetensors/encode.js";
import { checkSchema, type Schema } from "./schema.js";
import { flattenTree, restoreTree, type CheckpointTree } from "./tree.js";

const format = "unroll.checkpoint";

/** Version of the format that is written; older ones are read too. */
export const checkpointVersion = 1;

/** The parts of a checkpoint file, one after the other. */
export function checkpointParts(tree: object): Generator<Uint8Array, void, undefined> {
  const { json, tensors } = flattenTree(tree);
  return safetensorsParts(tensors, { metadata: { format, version: String(checkpointVersion), tree: JSON.stringify(json) } });
}

/**
 * A checkpoint: one safetensors file that holds a tree of JSON values with tensors as leaves. The tensors lie under
 * the dotted paths to them, so that PyTorch finds `model.rnn.weight_ih_l0`; the rest is JSON in the metadata.
 *
 * @param tree - A plain object, such as `{ model: model.stateDict(), training: state, config }`. Properties that are
 * undefined are left out; NaN, infinities and -0 survive.
 * @throws SerializeError `value`, with the path, for functions, class instances, bigint and cycles
 * @example
 * decodeCheckpoint(encodeCheckpoint({ step: 3, model: { weight: zeros([2]) } })).step; // 3
 */
export function encodeCheckpoint(tree: object): Uint8Array {
  return joinParts([...checkpointParts(tree)]);
}

/** How a checkpoint is read. */
export interface CheckpointOptions<T> {
  /** What the tree must look like: a schema of valibot, zod, ArkType or any other that follows Standard Schema. */
  readonly schema: Schema<T>;
}

/**
 * Reads a checkpoint made by {@link encodeCheckpoint}, by this version of the package or an earlier one.
 *
 * @param options - With a `schema` the result has its type.
 * @throws SerializeError `format`, `version` for one made by a later version, `schema` for one that does not fit, and
 * what {@link decodeSafetensors} throws
 */
export function decodeCheckpoint(bytes: Uint8Array | ArrayBuffer): CheckpointTree;
export function decodeCheckpoint<T>(bytes: Uint8Array | ArrayBuffer, options: CheckpointOptions<T>): T;
export function decodeCheckpoint<T>(bytes: Uint8Array | ArrayBuffer, options?: CheckpointOptions<T>): CheckpointTree | T {
  const tree = checkpointTree(decodeSafetensors(bytes));
  return options === undefined ? tree : checkSchema(tree, options.schema);
}

function checkpointTree({ tensors, metadata }: Safetensors): CheckpointTree {
  if (metadata["format"] !== format) {
    fail(
      "format",
      "read checkpoint: this is a safetensors file, but not a checkpoint; read it with decodeSafetensors or loadSafetensors",
    );
  }
  const version = Number(metadata["version"]);
  if (!Number.isInteger(version) || version < 1)
    fail("format", `read checkpoint: the version must be a positive integer, got ${String(metadata["version"])}`);
  if (version > checkpointVersion) {
    fail(
      "version",
      `read checkpoint: this package reads versions up to ${checkpointVersion}, got version ${version}; update @unroll/serialize`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(metadata["tree"] ?? "");
  } catch (cause) {
    fail("format", `read checkpoint: the tree must be JSON: ${(cause as Error).message}`, { cause });
  }
  return restoreTree({ json, tensors });
}
