import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { checkpointStore, type CheckpointStore } from "../checkpoint/store.js";
import { systemError } from "./named.js";
import { writeAtomically } from "./write-atomically.js";

/**
 * Checkpoints as the files of a folder, made when the first one is saved. The files are those of `saveCheckpoint`; their
 * names are the names of the checkpoints, without an ending.
 */
export function folderStore(folder: string): CheckpointStore {
  return checkpointStore({
    place: `the folder ${folder}`,
    write: (name, parts, { previous }) =>
      explained(() => writeAtomically(join(folder, name), parts, { keepPrevious: previous !== undefined })),
    read: (name) => explained(() => orMissing(readFile(join(folder, name)), undefined)),
    names: () =>
      explained(async () => {
        const entries = await orMissing(readdir(folder, { withFileTypes: true }), []);
        return entries.filter((entry) => entry.isFile() && !entry.name.startsWith(".")).map(({ name }) => name);
      }),
    remove: (name) => explained(() => rm(join(folder, name), { force: true })),
  });
}

async function orMissing<R, D>(result: Promise<R>, missing: D): Promise<R | D> {
  try {
    return await result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return missing;
    throw error;
  }
}

async function explained<R>(run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (cause) {
    throw systemError(cause) ?? cause;
  }
}
