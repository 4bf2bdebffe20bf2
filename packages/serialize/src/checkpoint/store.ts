import { fail, SerializeError } from "../error.js";
import { checkpointParts, decodeCheckpoint, type CheckpointOptions } from "./checkpoint.js";
import type { CheckpointTree } from "./tree.js";

/** How a checkpoint is saved. */
export interface SaveOptions {
  /** Whether the checkpoint that is replaced stays beside the new one, as `<name>.previous`. Default false. */
  readonly keepPrevious?: boolean;
}

/** Checkpoints by name in one place: a folder, a browser's storage, memory. */
export interface CheckpointStore {
  /**
   * Writes a checkpoint, as the tree is at the moment of the call. It is replaced in one step: whatever happens, the old
   * one or the new one is there afterwards.
   *
   * @throws SerializeError `name` for one that is not a file name, `quota` when the place is full, `file` when it refuses,
   * else as `encodeCheckpoint`
   */
  save(name: string, tree: object, options?: SaveOptions): Promise<void>;
  /**
   * Reads a checkpoint; with a `schema` the result is checked and has its type.
   *
   * @throws SerializeError `file` when there is none, else as `decodeCheckpoint`
   */
  load(name: string): Promise<CheckpointTree>;
  load<T>(name: string, options: CheckpointOptions<T>): Promise<T>;
  /** The checkpoints that are there, sorted. */
  names(): Promise<readonly string[]>;
  /** Removes a checkpoint; one that is not there is fine. */
  remove(name: string): Promise<void>;
}

/** What a place has to do to be a {@link CheckpointStore}. Names are checked before it is asked. */
export interface CheckpointFiles {
  /** What messages call the place: `the folder /models`. */
  readonly place: string;
  /** Replaces a file in one step, and leaves the replaced one under the name `previous`, if given, in one step too. */
  write(name: string, parts: readonly Uint8Array[], options: { readonly previous: string | undefined }): Promise<void>;
  /** The whole file, undefined where there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  names(): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

/** Makes a store of checkpoints out of any place that keeps bytes by name. */
export function checkpointStore(files: CheckpointFiles): CheckpointStore {
  async function load(name: string): Promise<CheckpointTree>;
  async function load<T>(name: string, options: CheckpointOptions<T>): Promise<T>;
  async function load<T>(name: string, options?: CheckpointOptions<T>): Promise<CheckpointTree | T> {
    checkName("load checkpoint", name);
    return within(`load checkpoint ${JSON.stringify(name)} from ${files.place}`, async () => {
      const bytes = await files.read(name);
      if (bytes === undefined) {
        const names = [...(await files.names())].sort().join(", ");
        return fail("file", `there is none of that name; ${names === "" ? "none is saved there yet" : `saved there: ${names}`}`);
      }
      return options === undefined ? decodeCheckpoint(bytes) : decodeCheckpoint(bytes, options);
    });
  }
  return {
    load,
    async save(name, tree, { keepPrevious = false } = {}) {
      checkName("save checkpoint", name);
      await within(`save checkpoint ${JSON.stringify(name)} to ${files.place}`, () =>
        files.write(name, [...checkpointParts(tree)], { previous: keepPrevious ? `${name}.previous` : undefined }),
      );
    },
    names: () => within(`list checkpoints of ${files.place}`, async () => [...(await files.names())].sort()),
    async remove(name) {
      checkName("remove checkpoint", name);
      await within(`remove checkpoint ${JSON.stringify(name)} from ${files.place}`, () => files.remove(name));
    },
  };
}

// What every file system takes, and no path.
const fileName = /^[\p{L}\p{M}\p{N}_-][\p{L}\p{M}\p{N} ._-]{0,99}(?<![. ])$/u;

/**
 * Checks that a name can be that of a file or folder anywhere.
 *
 * @throws SerializeError `name`
 */
export function checkName(operation: string, name: string): void {
  if (typeof name !== "string" || !fileName.test(name)) {
    fail(
      "name",
      `${operation}: a name is up to 100 letters, digits, spaces, ".", "_" and "-", with no dot at either end, got ${JSON.stringify(name)}; rename it`,
    );
  }
}

async function within<R>(operation: string, run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (cause) {
    if (!(cause instanceof SerializeError)) throw cause;
    return fail(cause.code, `${operation}: ${cause.message}`, { cause });
  }
}
