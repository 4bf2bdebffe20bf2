import { checkIterable } from "../checks/check-iterable.js";
import { checkObject } from "../checks/check-object.js";
import { showValue } from "../checks/show-value.js";
import { fail } from "../error.js";
import { columnReader, growingArray, type ColumnReader, type ColumnType } from "./column-reader.js";
import { seriesFromColumns, type SeriesOptions } from "./from-columns.js";
import type { Series } from "./series.js";
import { parseTime } from "./time-axis.js";

/** One row: values by column. Numbers, booleans (0 and 1) and numbers written as text are read, other texts where {@link RowOptions.columns} says so. */
export type Row = Readonly<Record<string, unknown>>;

/** How rows are read. */
export interface RowOptions extends SeriesOptions {
  /** The column of timestamps; rows have no times when left out. */
  readonly time?: string;
  /**
   * Columns to read, as a list of numeric ones or by their type. Left out, all columns whose first value is a number;
   * those that begin with a text are not read.
   */
  readonly columns?: readonly string[] | Readonly<Record<string, ColumnType>>;
  /** Texts that mean a missing value besides null, undefined, NaN and the empty text; default `NA`, `N/A`, `NaN`, `null`, `.`, `-`. */
  readonly missingTexts?: readonly string[];
}

const defaultMissingTexts = ["NA", "N/A", "NaN", "nan", "null", ".", "-"];

/**
 * A series from rows, in one pass, without keeping them.
 *
 * @throws DataError `column` when a chosen column is not there or not numeric, naming row and value, or when no column is
 * numeric; and as `seriesFromColumns` does.
 * @example
 * seriesFromRows([{ day: "1969-01-01", births: 8486 }, { day: "1969-01-02", births: 9002 }], { time: "day" }).length; // 2
 */
export function seriesFromRows(rows: Iterable<Row>, options: RowOptions = {}): Series {
  checkIterable("seriesFromRows", "rows", rows);
  const reader = createRowReader(options);
  for (const row of rows) reader.push(row);
  return reader.finish();
}

/** The same from rows that arrive over time, such as a stream. @throws as {@link seriesFromRows}. */
export async function seriesFromAsyncRows(rows: AsyncIterable<Row>, options: RowOptions = {}): Promise<Series> {
  checkIterable("seriesFromAsyncRows", "rows", rows);
  const reader = createRowReader(options);
  for await (const row of rows) reader.push(row);
  return reader.finish();
}

/** Takes rows one by one and makes a series of them. */
export interface RowReader {
  push(row: Row): void;
  finish(): Series;
}

/** A reader for rows that are pushed rather than pulled. */
export function createRowReader(options: RowOptions = {}): RowReader {
  const { time, columns, missingTexts = defaultMissingTexts } = options;
  const types = columns === undefined || isList(columns) ? undefined : columns;
  const chosen = columns === undefined || isList(columns) ? columns : Object.keys(columns);
  const missing = new Set(["", ...missingTexts]);
  const readers = new Map<string, ColumnReader>();
  const refused = new Map<string, string>();
  const times = growingArray();
  let count = 0;
  const begin = (row: Row): void => {
    const names = Object.keys(row);
    const absent = [...(chosen ?? []), ...(time === undefined ? [] : [time])].find((name) => !names.includes(name));
    if (absent !== undefined) fail("column", `seriesFromRows: columns are ${names.join(", ")}, got ${absent}`);
    for (const name of chosen ?? names) if (name !== time) readers.set(name, columnReader(types?.[name] ?? "number", missing));
  };
  return {
    push(row) {
      checkObject("seriesFromRows", `row ${count + 1}`, row, "{ y: 1 }");
      if (count === 0) begin(row);
      count++;
      if (time !== undefined) times.push(timeOf(row[time], time, count));
      for (const [name, reader] of readers) {
        if (reader.push(row[name])) continue;
        const problem = `${name} holds ${showValue(row[name])} in row ${count}`;
        if (chosen !== undefined || reader.begun) failCell(reader.rule, problem, { chosen: chosen !== undefined });
        refused.set(name, problem);
        readers.delete(name);
      }
    },
    finish() {
      if (count === 0) fail("too-short", "seriesFromRows: needs at least one row, got none");
      if (readers.size === 0)
        fail(
          "column",
          `seriesFromRows: needs a numeric column, but ${[...refused.values()].join(", ") || "there is only the time"}`,
        );
      const read = Object.fromEntries([...readers].map(([name, reader]) => [name, reader.finish()]));
      const categories = Object.fromEntries(
        [...readers].flatMap(([name, reader]) => (reader.categories === undefined ? [] : [[name, reader.categories]])),
      );
      return seriesFromColumns(read, { ...options, categories, ...(time === undefined ? {} : { times: times.finish() }) });
    },
  };
}

function isList(columns: NonNullable<RowOptions["columns"]>): columns is readonly string[] {
  return Array.isArray(columns);
}

function failCell(rule: string, problem: string, { chosen }: { readonly chosen: boolean }): never {
  const kept = chosen ? `chosen columns must be ${rule}` : "a column that begins with numbers must be numeric";
  const remedy = chosen ? "" : "; name the columns to read if it is not among them";
  fail(
    "column",
    `seriesFromRows: ${kept}, but ${problem}; add it to missingTexts if it means that the value is missing${remedy}`,
  );
}

function timeOf(cell: unknown, column: string, row: number): number {
  const time = parseTime(cell);
  if (!Number.isNaN(time)) return time;
  return fail(
    "timestamp",
    `seriesFromRows: ${column} must hold a Date, milliseconds or text such as 1969-01-31 or 1969-01-31T12:00Z, got ${showValue(cell)} in row ${row}`,
  );
}
