import { showValue } from "../checks/show-value.js";
import { fail } from "../error.js";
import type { Frequency } from "./time-axis.js";

/** Consecutive rows `start..end-1` with nothing missing between them. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** What a series may be used for: everything that learns from data takes `train` alone, and no part of `heldOut` becomes it. */
export type SeriesRole = "whole" | "train" | "heldOut";

/** Everything a series is made of. */
export interface SeriesParts {
  readonly values: ReadonlyMap<string, Float64Array>;
  /** The categories that the numbers of a column stand for. */
  readonly categories: ReadonlyMap<string, readonly string[]>;
  readonly times: Float64Array | undefined;
  readonly frequency: Frequency | undefined;
  readonly segments: readonly Segment[];
  readonly role: SeriesRole;
  /** Position of row 0 in the data it was read from. */
  readonly firstRow: number;
}

/**
 * Columns of numbers over common rows in the order of time, one Float64Array each, NaN where a value is missing. Parts of
 * a series are views: they share its memory and remember whether they may be learned from. Made by `seriesFromColumns`,
 * `seriesFromRows`, `resample`, the scalers and the splits, never by hand.
 */
export class Series {
  readonly #parts: SeriesParts;
  /** Number of rows. */
  readonly length: number;

  constructor(parts: SeriesParts) {
    this.#parts = parts;
    this.length = (parts.times ?? parts.values.values().next().value)?.length ?? 0;
  }

  /** Names of the columns. */
  get columns(): readonly string[] {
    return [...this.#parts.values.keys()];
  }

  /** Milliseconds since 1970-01-01 UTC of each row, if the rows have times; not a copy, so do not write to it. */
  get times(): Float64Array | undefined {
    return this.#parts.times;
  }

  /** Time between two rows; undefined without times or where they are irregular. */
  get frequency(): Frequency | undefined {
    return this.#parts.frequency;
  }

  /** Runs of rows without a gap. Rows outside all of them are there, but belong to no window and no statistic. */
  get segments(): readonly Segment[] {
    return this.#parts.segments;
  }

  get role(): SeriesRole {
    return this.#parts.role;
  }

  /** Position of row 0 in the data it was read from, where the rows are consecutive there. */
  get firstRow(): number {
    return this.#parts.firstRow;
  }

  /** Values of a column; not a copy, so do not write to it: parts of the series share it. @throws DataError `column` when there is none of this name. */
  values(column: string): Float64Array {
    const known = this.#parts.values.get(column);
    return known ?? fail("column", `Series.values: columns are ${this.columns.join(", ")}, got ${column}`);
  }

  /** The categories that the numbers 0, 1, … of a column stand for; undefined where its values are quantities. */
  categories(column: string): readonly string[] | undefined {
    return this.#parts.categories.get(column);
  }

  /** Rows `start..end-1` as a view with the same role. @throws DataError `option` when they do not lie inside. */
  slice(start: number, end: number = this.length): Series {
    return sliceAs(this, start, end, this.role);
  }

  /** Row numbers as errors give them: counted from 1 in the data that was read, with the time if there is one. */
  describeRow(row: number): string {
    const time = this.times?.[row];
    const number = `row ${this.firstRow + row + 1}`;
    return time === undefined ? number : `${number} (${new Date(time).toISOString().replace("T00:00:00.000Z", "")})`;
  }
}

/** A series that differs from another in some parts. */
export function derive(series: Series, changes: Partial<SeriesParts>): Series {
  const { times, frequency, segments, role, firstRow } = series;
  const categories = new Map<string, readonly string[]>();
  for (const column of series.columns) {
    const names = series.categories(column);
    if (names !== undefined) categories.set(column, names);
  }
  return new Series({ values: columnMap(series), categories, times, frequency, segments, role, firstRow, ...changes });
}

/** Throws `option` unless a value is a series. */
export function checkSeries(operation: string, series: unknown): void {
  if (!("segments" in (Object(series) as object)))
    fail("option", `${operation}: needs a series, got ${showValue(series)}; make one with seriesFromColumns`);
}

/** Throws `option`: what would mix categories as if they were quantities. */
export function failMixed(operation: string, column: string, how: string): never {
  fail(
    "option",
    `${operation}: ${column} holds categories, which ${how} cannot mix; make columns of 0 and 1 of them with oneHot, or choose another rule`,
  );
}

/** The columns of a series by name. */
export function columnMap(series: Series): Map<string, Float64Array> {
  return new Map(series.columns.map((column) => [column, series.values(column)]));
}

/** Rows `start..end-1` as a view with a role of its own. */
export function sliceAs(series: Series, start: number, end: number, role: SeriesRole): Series {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > series.length) {
    fail("option", `Series.slice: needs 0 <= start <= end <= ${series.length}, got ${start} and ${end}`);
  }
  const values = new Map(series.columns.map((column) => [column, series.values(column).subarray(start, end)]));
  const segments = series.segments
    .map((segment) => ({ start: Math.max(segment.start, start) - start, end: Math.min(segment.end, end) - start }))
    .filter((segment) => segment.end > segment.start);
  return derive(series, { values, times: series.times?.subarray(start, end), segments, role, firstRow: series.firstRow + start });
}

/** Segments cut open at the rows for which `isGap` holds. */
export function cutSegments(segments: readonly Segment[], isGap: (row: number) => boolean): Segment[] {
  const pieces: Segment[] = [];
  for (const { start, end } of segments) {
    let from = start;
    for (let row = start; row <= end; row++) {
      if (row === end || isGap(row)) {
        if (row > from) pieces.push({ start: from, end: row });
        from = row + 1;
      }
    }
  }
  return pieces;
}

/** Two parts of one series one after the other, with a gap between; the rows are copied unless one part is empty. */
export function joinParts(before: Series, after: Series): Series {
  if (before.length === 0) return after;
  if (after.length === 0) return before;
  const join = (a: Float64Array, b: Float64Array): Float64Array => {
    const joined = new Float64Array(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    return joined;
  };
  return derive(before, {
    values: new Map(before.columns.map((column) => [column, join(before.values(column), after.values(column))])),
    times: before.times && after.times && join(before.times, after.times),
    segments: [
      ...before.segments,
      ...after.segments.map(({ start, end }) => ({ start: start + before.length, end: end + before.length })),
    ],
  });
}
