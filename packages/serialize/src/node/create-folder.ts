import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { fail } from "../error.js";

/**
 * Makes a folder and those above it, where they are missing. It does not use `mkdir` with `recursive`, which never returns
 * where a folder is there but refuses others in it, as /proc does.
 *
 * @throws SerializeError `file` where a folder refuses others, else what the file system says.
 */
export async function createFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await createFolder(parent);
  try {
    await mkdir(path);
  } catch (cause) {
    // Another save may have made it in the meantime.
    if (await isFolder(path)) return;
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    fail("file", `no folder can be made in ${parent}; choose another folder`, { cause });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
