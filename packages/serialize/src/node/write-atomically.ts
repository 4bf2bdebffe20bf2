import { randomUUID } from "node:crypto";
import { copyFile, link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { createFolder } from "./create-folder.js";

/** How a file is written. */
export interface WriteOptions {
  /** Whether the file that is replaced stays beside the new one, as `<path>.previous`. Default false. */
  readonly keepPrevious?: boolean;
}

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one, never half: into a temporary file of
 * the same folder (made if missing), to disk, then under its name. The temporary file is removed on failure.
 */
export async function writeAtomically(
  path: string,
  parts: readonly Uint8Array[],
  { keepPrevious = false }: WriteOptions = {},
): Promise<void> {
  const folder = dirname(path);
  await createFolder(folder);
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    if (keepPrevious) await keepAs(path, `${path}.previous`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

// A second name for the file, not another file: there is one under `path` all the time.
async function keepAs(path: string, previous: string): Promise<void> {
  const temporary = `${previous}.${randomUUID()}.tmp`;
  try {
    await link(path, temporary);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    await copyFile(path, temporary);
  }
  await rename(temporary, previous);
}

// The rename itself must reach the disk. Windows has no such call, and needs none.
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
