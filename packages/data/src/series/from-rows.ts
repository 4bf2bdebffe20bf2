import { fail } from "../error.js";
import { seriesFromColumns, type SeriesOptions } from "./from-columns.js";
import type { Series } from "./series.js";
import { parseTime } from "./time-axis.js";

/** One row: values by column. Numbers, booleans (0 and 1) and numbers written as text are read; see {@link RowOptions}. */
export type Row = Readonly<Record<string, unknown>>;

/** How rows are read. */
export interface RowOptions extends SeriesOptions {
  /** The column of timestamps; rows have no times when left out. */
  readonly time?: string;
  /** Columns to read, all of which must be numeric; left out, all numeric columns of the first row. */
  readonly columns?: readonly string[];
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
  const reader = createRowReader(options);
  for (const row of rows) reader.push(row);
  return reader.finish();
}

/** The same from rows that arrive over time, such as a stream. @throws as {@link seriesFromRows}. */
export async function seriesFromAsyncRows(rows: AsyncIterable<Row>, options: RowOptions = {}): Promise<Series> {
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
  const missing = new Set(["", ...missingTexts]);
  const values = new Map<string, GrowingArray>();
  const refused = new Map<string, string>();
  const times = growingArray();
  let count = 0;
  const begin = (row: Row): void => {
    const names = Object.keys(row);
    const absent = [...(columns ?? []), ...(time === undefined ? [] : [time])].find((name) => !names.includes(name));
    if (absent !== undefined) fail("column", `seriesFromRows: columns are ${names.join(", ")}, got ${absent}`);
    for (const name of columns ?? names) if (name !== time) values.set(name, growingArray());
  };
  return {
    push(row) {
      if (count === 0) begin(row);
      count++;
      if (time !== undefined) times.push(timeOf(row[time], time, count));
      for (const [name, cells] of values) {
        const value = numberOf(row[name], missing);
        if (value !== undefined) cells.push(value);
        else {
          const problem = `${name} holds ${JSON.stringify(row[name])} in row ${count}`;
          if (columns !== undefined)
            fail(
              "column",
              `seriesFromRows: chosen columns must be numeric, but ${problem}; add it to missingTexts if it means that the value is missing`,
            );
          refused.set(name, problem);
          values.delete(name);
        }
      }
    },
    finish() {
      if (count === 0) fail("too-short", "seriesFromRows: needs at least one row, got none");
      if (values.size === 0)
        fail(
          "column",
          `seriesFromRows: needs a numeric column, but ${[...refused.values()].join(", ") || "there is only the time"}`,
        );
      const read = Object.fromEntries([...values].map(([name, cells]) => [name, cells.finish()]));
      return seriesFromColumns(read, time === undefined ? options : { ...options, times: times.finish() });
    },
  };
}

function timeOf(cell: unknown, column: string, row: number): number {
  const time = parseTime(cell);
  if (!Number.isNaN(time)) return time;
  return fail(
    "timestamp",
    `seriesFromRows: ${column} must hold a Date, milliseconds or text such as 1969-01-31 or 1969-01-31T12:00Z, got ${JSON.stringify(cell)} in row ${row}`,
  );
}

// Undefined where the cell is not a number.
function numberOf(cell: unknown, missing: ReadonlySet<string>): number | undefined {
  if (cell === null || cell === undefined) return NaN;
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean") return Number(cell);
  if (typeof cell !== "string") return undefined;
  const text = cell.trim();
  if (missing.has(text)) return NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

interface GrowingArray {
  push(value: number): void;
  finish(): Float64Array;
}

function growingArray(): GrowingArray {
  let data = new Float64Array(1024);
  let length = 0;
  return {
    push(value) {
      if (length === data.length) {
        const larger = new Float64Array(2 * length);
        larger.set(data);
        data = larger;
      }
      data[length++] = value;
    },
    finish: () => data.slice(0, length),
  };
}
