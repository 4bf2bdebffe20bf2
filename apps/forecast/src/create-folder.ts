import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { UserError } from "./error.js";

/**
 * Makes sure that there is a folder that can be written to.
 *
 * @throws UserError when there can be none.
 */
export async function createFolder(path: string): Promise<void> {
  try {
    await create(path);
    await access(path, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`The results cannot be written to ${path} (${code}); choose a folder with --out.`);
  }
}

// Not `mkdir` with `recursive`: where a parent is there but refuses children, as /proc does, it never returns.
async function create(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (code !== "ENOENT" || parent === path) throw error;
    await create(parent);
    await mkdir(path);
  }
}
