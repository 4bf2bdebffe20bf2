import { access, constants } from "node:fs/promises";
import { makeFolder, UserError } from "@unroll/command-line";

/**
 * Makes sure that there is a folder that can be written to.
 *
 * @throws UserError when there can be none.
 */
export async function createFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
    await access(path, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`The results cannot be written to ${path} (${code}); choose a folder with --out.`);
  }
}
