import { UserError } from "@unroll/command-line";
import { parseTime, type Row } from "@unroll/data";

import { looksLikeDate } from "./looks-like-date.js";
import type { Table } from "./table.js";

/** The columns of a table that matter. */
export interface ChosenColumns {
  readonly time: string | undefined;
  readonly target: string;
}

// Rows looked at to tell what a column holds.
const looked = 50;

/**
 * The column of timestamps, if there is one, and the column to forecast: as asked for, or where the cells leave no doubt.
 *
 * @throws UserError when a column is not there, no column is numeric, several could be meant, or dates cannot be read.
 */
export function chooseColumns(table: Table, asked: { readonly time?: string; readonly target?: string }): ChosenColumns {
  const rows = table.rows.slice(0, looked);
  const names = Object.keys(rows[0] ?? {});
  for (const [flag, name] of [
    ["--time", asked.time],
    ["--target", asked.target],
  ] as const) {
    if (name !== undefined && !names.includes(name)) {
      throw new UserError(`${flag} ${name}: ${table.title} has no such column. Its columns are ${names.join(", ")}.`);
    }
  }
  const time = asked.time ?? names.find((name) => holdsTimes(name, rows));
  if (time === undefined) {
    const dates = names.find((name) => name !== asked.target && holdsOtherDates(name, rows));
    if (dates !== undefined) failUnreadable(table.title, dates, rows);
  }
  if (asked.target !== undefined && asked.target === time) {
    throw new UserError(
      `--target ${time}: this column holds the timestamps. Choose another, or name the timestamps with --time.`,
    );
  }
  if (asked.target !== undefined) return { time, target: asked.target };
  const numeric = names.filter((name) => name !== time && holdsNumbers(name, rows));
  if (numeric.length === 1) return { time, target: numeric[0] as string };
  if (numeric.length > 1) {
    throw new UserError(`${table.title} has the numeric columns ${numeric.join(", ")}; choose one with --target.`);
  }
  const cells = names.filter((name) => name !== time).map((name) => `${name} holds ${firstText(name, rows)}`);
  throw new UserError(
    `${table.title} has no numeric column: ${cells.join(", ") || "there is only the time"}. Numbers are written as 1234.5; ` +
      `name the column with --target to see the rows at fault.`,
  );
}

function textOf(cell: unknown): string {
  return typeof cell === "string" || typeof cell === "number" ? String(cell).trim() : "";
}

// A bare number such as 1969 may be a year or a value: only the name of the column tells.
function holdsTimes(name: string, rows: readonly Row[]): boolean {
  const texts = rows.map((row) => textOf(row[name])).filter((text) => text !== "");
  const named = isNamedTime(name);
  return texts.length > 0 && texts.every((text) => isTime(text) || (named && !Number.isNaN(parseTime(text))));
}

// Left aside, such a column would make a series without times, in whatever order the rows are.
function holdsOtherDates(name: string, rows: readonly Row[]): boolean {
  const texts = rows.map((row) => textOf(row[name])).filter((text) => text !== "");
  // 20201016, and seconds or milliseconds since 1970.
  const isPacked = (text: string): boolean => isNamedTime(name) && /^(\d{8}|\d{10}|\d{13})$/.test(text);
  return texts.length > 0 && texts.filter((text) => looksLikeDate(text) || isPacked(text)).length >= 0.8 * texts.length;
}

function failUnreadable(title: string, name: string, rows: readonly Row[]): never {
  const row = rows.map((cells) => textOf(cells[name])).findIndex((text) => text !== "" && !isTime(text));
  throw new UserError(
    `${title}: ${name} looks like dates, of which ${JSON.stringify(textOf(rows[row]?.[name]))} in row ${row + 1} cannot be read. ` +
      `Write them as 2020-10-16 or 2020-10-16T12:00Z, or take the column out to forecast without times.`,
  );
}

function isTime(text: string): boolean {
  return /[-/:]/.test(text.slice(1)) && !Number.isNaN(parseTime(text));
}

function isNamedTime(name: string): boolean {
  return /^(date|day|month|year|time|timestamp|datetime|ds)$/i.test(name);
}

function holdsNumbers(name: string, rows: readonly Row[]): boolean {
  const texts = rows.map((row) => textOf(row[name])).filter((text) => !/^(|na|n\/a|nan|null|\.|-)$/i.test(text));
  return texts.length > 0 && texts.filter((text) => Number.isFinite(Number(text))).length >= 0.8 * texts.length;
}

function firstText(name: string, rows: readonly Row[]): string {
  const row = rows.findIndex((cells) => textOf(cells[name]) !== "");
  return row < 0 ? "nothing" : `${JSON.stringify(textOf(rows[row]?.[name]))} in row ${row + 1}`;
}
