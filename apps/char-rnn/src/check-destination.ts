import { randomUUID } from "node:crypto";
import { rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { makeFolder, UserError } from "@unroll/command-line";

import { isModelFile } from "./model-file.js";

/**
 * Makes sure, before a training, that its checkpoint can be saved under a path and that nothing else is lost by it. A
 * missing folder is made.
 *
 * @param text - Path of the text to learn; null for Moby-Dick.
 * @throws UserError where the folder cannot be written to, and where the path is the text, a folder, or a file that is no
 * checkpoint of this app.
 */
export async function checkDestination(path: string, text: string | null): Promise<void> {
  const remedy = "choose another file with --checkpoint";
  try {
    const there = await stat(path).catch(ignoreMissing);
    const learned = text === null ? undefined : await stat(text);
    if (there?.isDirectory() === true || path.endsWith("/")) throw new UserError(`${path} is a folder; ${remedy}.`);
    if (there !== undefined && there.ino === learned?.ino && there.dev === learned.dev) {
      throw new UserError(`The checkpoint would replace ${path}, the text to learn; ${remedy}.`);
    }
    if (there !== undefined && !(there.isFile() && (there.size === 0 || (await isModelFile(path))))) {
      throw new UserError(`The checkpoint would replace ${path}, which is no checkpoint of char-rnn; ${remedy}.`);
    }
    await makeFolder(dirname(path));
    // As long a name as it is saved under at first.
    const trial = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
    await writeFile(trial, "", { flag: "wx" });
    await rm(trial);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`The checkpoint cannot be written to ${path} (${(error as NodeJS.ErrnoException).code}); ${remedy}.`);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
