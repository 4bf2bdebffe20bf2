import { readFile } from "node:fs/promises";

import type { Row } from "@unroll/data";
import Papa from "papaparse";

import { UserError } from "./error.js";

/** Rows as they were read, and where they came from. */
export interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
}

/**
 * Reads a CSV file with a header line.
 *
 * @throws UserError when the file cannot be read, has no rows, or a row does not fit the header.
 */
export async function readTable(path: string): Promise<Table> {
  return parseTable(await readText(path), path);
}

/** @throws UserError as {@link readTable} */
export function parseTable(text: string, title: string): Table {
  const { data, errors } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: "greedy" });
  const error = errors.find(({ code }) => code !== "UndetectableDelimiter");
  if (error !== undefined) {
    const place = error.row === undefined ? "" : ` in row ${error.row + 1}`;
    throw new UserError(`${title} is no well-formed CSV${place}: ${error.message}.`);
  }
  if (data.length === 0) throw new UserError(`${title} has no rows below its header.`);
  return { title, rows: data };
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError) throw new UserError(`${path} is not UTF-8 text; convert it first.`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UserError(`There is no file ${path}.`);
    if (code === "EISDIR") throw new UserError(`${path} is a folder; give a CSV file.`);
    throw new UserError(`${path} cannot be read (${code ?? String(error)}).`);
  }
}
