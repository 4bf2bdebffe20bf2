import { readFile } from "node:fs/promises";

import { UserError } from "@unroll/command-line";
import type { Row } from "@unroll/data";
import Papa from "papaparse";

import { looksLikeDate } from "./looks-like-date.js";

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
  checkHeader(text, title);
  const { data, errors } = Papa.parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: "greedy",
    transformHeader: columnName,
  });
  const error = errors.find(({ code }) => code !== "UndetectableDelimiter");
  if (error !== undefined) {
    const place = error.row === undefined ? "" : ` in row ${error.row + 1}`;
    throw new UserError(`${title} is no well-formed CSV${place}: ${error.message}.`);
  }
  if (data.length === 0) throw new UserError(`${title} has no rows below its header.`);
  return { title, rows: data };
}

// Columns without a name, as spreadsheets leave them at the right, would all have the same.
function columnName(heading: string, index: number): string {
  return heading.trim() === "" ? `column ${index + 1}` : heading;
}

function checkHeader(text: string, title: string): void {
  const [header = []] = Papa.parse<string[]>(text, { preview: 1, skipEmptyLines: "greedy" }).data;
  const names = header.map(columnName);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new UserError(`${title} has more than one column ${JSON.stringify(twice)}; give each a name of its own.`);
  }
  const headings = header.map((name) => name.trim()).filter((name) => name !== "");
  if (headings.length > 0 && headings.every((name) => Number.isFinite(Number(name)) || looksLikeDate(name))) {
    throw new UserError(
      `${title} begins with ${headings.slice(0, 3).join(", ")}, values where the names of the columns should stand. ` +
        `Put a line of names such as time,value above it.`,
    );
  }
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
