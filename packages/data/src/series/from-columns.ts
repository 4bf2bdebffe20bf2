import { checkArray } from "../checks/check-numbers.js";
import { checkWord } from "../checks/check-word.js";
import { given } from "../checks/given.js";
import { showValue } from "../checks/show-value.js";
import { fail } from "../error.js";
import { fillMissing, type MissingRules } from "./missing.js";
import { failMixed, Series } from "./series.js";
import { checkIncreasing, parseTime, readTimeAxis } from "./time-axis.js";

/** What every way of making a series shares. */
export interface SeriesOptions {
  /** What to do about missing values, for all columns or by column; default `"error"`, which names the rows. */
  readonly missing?: MissingRules;
  /** `"strict"` (default) refuses rows out of order, `"sort"` sorts them by time. */
  readonly order?: "strict" | "sort";
  /** Rows with the same time: refuse them (default), keep the first or the last, or their mean. */
  readonly duplicates?: "error" | "first" | "last" | "mean";
}

/** A value of a column: null, undefined and NaN mean that it is missing. */
export type Cell = number | null | undefined;

/** A timestamp: a Date, milliseconds since 1970 or text, read as UTC where it names no zone. */
export type Timestamp = Date | number | string;

/**
 * A series from columns of equal length, which are copied.
 *
 * @throws DataError `column` without columns, with unequal lengths or with a value that is no finite number, `timestamp` for times that cannot be read, fall or
 * repeat, `missing-value` as the rule says.
 * @example
 * seriesFromColumns({ births: [8486, 9002, 9542] }, { times: ["1969-01-01", "1969-01-02", "1969-01-03"] }).frequency;
 * // { unit: "millisecond", step: 86400000 }
 */
export function seriesFromColumns(
  columns: Readonly<Record<string, ArrayLike<Cell>>>,
  {
    times,
    missing = "error",
    order = "strict",
    duplicates = "error",
    categories = {},
  }: SeriesOptions & {
    readonly times?: ArrayLike<Timestamp>;
    /** The categories that the numbers 0, 1, … of a column stand for, by column. */
    readonly categories?: Readonly<Record<string, readonly string[]>>;
  } = {},
): Series {
  checkWord("seriesFromColumns", "order", order, ["strict", "sort"]);
  checkWord("seriesFromColumns", "duplicates", duplicates, ["error", "first", "last", "mean"]);
  if (times !== undefined) checkArray("seriesFromColumns", "times", times);
  const entries = Object.entries(given(columns)).map(([name, cells]): [string, Float64Array] => [name, readCells(name, cells)]);
  const first = entries[0] ?? fail("column", "seriesFromColumns: needs at least one column, got none");
  const rows = first[1].length;
  for (const [name, values] of [...entries, ...(times === undefined ? [] : [["times", times] as const])]) {
    if (values.length !== rows) {
      fail(
        "column",
        `seriesFromColumns: columns must have equal lengths, got ${rows} in ${first[0]} and ${values.length} in ${name}`,
      );
    }
  }
  let values = new Map(entries);
  let axis: Float64Array | undefined;
  if (times !== undefined) {
    axis = times instanceof Float64Array ? times.slice() : Float64Array.from({ length: rows }, (_, row) => parseTime(times[row]));
    if (order === "sort") [values, axis] = sorted(values, axis);
    if (duplicates === "mean")
      for (const name of Object.keys(categories)) failMixed("seriesFromColumns", name, 'duplicates: "mean"');
    if (duplicates !== "error") [values, axis] = merged(values, axis, duplicates);
    checkIncreasing("seriesFromColumns", axis);
  }
  const { frequency, segments } =
    axis === undefined ? { frequency: undefined, segments: [{ start: 0, end: rows }] } : readTimeAxis(axis);
  return fillMissing(
    new Series({
      values,
      categories: new Map(Object.entries(categories)),
      times: axis,
      frequency,
      segments,
      role: "whole",
      firstRow: 0,
    }),
    missing,
  );
}

// A copy, since whoever passed the cells may go on writing to them.
function readCells(name: string, cells: ArrayLike<Cell>): Float64Array {
  checkArray("seriesFromColumns", name, cells);
  const values = new Float64Array(cells.length);
  for (let row = 0; row < values.length; row++) {
    const cell: unknown = cells[row] ?? NaN;
    if (typeof cell !== "number" || Math.abs(cell) === Infinity) {
      fail(
        "column",
        `seriesFromColumns: values must be finite numbers, got ${showValue(cell)} in row ${row + 1} of ${name}; convert it, or give null where a value is missing`,
      );
    }
    values[row] = cell;
  }
  return values;
}

type Columns = Map<string, Float64Array>;

function sorted(values: Columns, times: Float64Array): [Columns, Float64Array] {
  const order = Array.from(times.keys()).sort((a, b) => (times[a] as number) - (times[b] as number));
  const arrange = (column: Float64Array): Float64Array => Float64Array.from(order, (row) => column[row] as number);
  return [new Map([...values].map(([name, column]) => [name, arrange(column)])), arrange(times)];
}

function merged(values: Columns, times: Float64Array, rule: "first" | "last" | "mean"): [Columns, Float64Array] {
  const starts = [...times.keys()].filter((row) => row === 0 || times[row] !== times[row - 1]);
  const merge = (column: Float64Array): Float64Array =>
    Float64Array.from(starts, (start, group) => {
      const same = column.subarray(start, starts[group + 1] ?? column.length);
      if (rule === "first") return same[0] as number;
      return rule === "last" ? (same.at(-1) as number) : same.reduce((sum, x) => sum + x, 0) / same.length;
    });
  return [new Map([...values].map(([name, column]) => [name, merge(column)])), merge(times)];
}
