import { checkCount } from "../checks/check-count.js";
import { checkArray } from "../checks/check-numbers.js";
import { checkWord } from "../checks/check-word.js";
import { given } from "../checks/given.js";
import { refuse } from "../checks/refuse.js";
import { fail } from "../error.js";
import { failMissing } from "../series/missing.js";
import { checkSeries, cutSegments, type Segment, type Series } from "../series/series.js";
import { checkCalendar, type CalendarFeature } from "./calendar.js";

/** Which rows make a window, and which columns. */
export interface WindowOptions {
  /** Rows a model reads. */
  readonly length: number;
  /** Rows it predicts, default 1. */
  readonly horizon?: number;
  /** Rows from the start of a window to that of the next, default 1. */
  readonly stride?: number;
  /** Rows between the last one read and the first one predicted, default 0. */
  readonly gap?: number;
  /** Columns read, default all. */
  readonly features?: readonly string[];
  /** Columns predicted, default all. */
  readonly targets?: readonly string[];
  /** For each n, the targets' values of n rows before are read beside each row; the rows needed for it come first. */
  readonly lags?: readonly number[];
  /** Places in the calendar read beside each row, as sine and cosine. */
  readonly calendar?: readonly CalendarFeature[];
  /** Missing values are refused (default), their windows skipped, or masked: 0 and a mask in the batch. */
  readonly missing?: "error" | "skip" | "mask";
  /** Irregular times are refused (default) or taken as if the rows were evenly spaced. */
  readonly irregular?: "error" | "accept";
}

/** Rows of one window; ends are exclusive. */
export interface WindowRows {
  readonly inputStart: number;
  readonly inputEnd: number;
  readonly targetStart: number;
  readonly targetEnd: number;
}

/** A column to read, some rows back. */
export interface WindowFeature {
  readonly name: string;
  readonly values: Float64Array;
  readonly lag: number;
}

/** The windows of a series: positions computed where they are asked for, values read from the series. */
export interface Windows {
  readonly series: Series;
  /** Number of windows. */
  readonly length: number;
  /** Rows read and rows predicted. */
  readonly inputLength: number;
  readonly horizon: number;
  /** Names of what is read: features, lagged targets as `name@lag`, then calendar features as `name.sin` and `name.cos`. */
  readonly inputNames: readonly string[];
  readonly targetNames: readonly string[];
  /** The columns behind the first of {@link Windows.inputNames}. */
  readonly columns: readonly WindowFeature[];
  readonly calendar: readonly CalendarFeature[];
  /** Whether batches carry masks of missing values. */
  readonly masked: boolean;
  /** The rows of window `index`. */
  rows(index: number): WindowRows;
}

/**
 * The windows of a series, in the order of time. None crosses a gap or the end of the part it was made from. They cost
 * memory for each gap of the series, not for each window.
 *
 * @throws DataError `too-short` when there is not one window, `missing-value` and `timestamp` as the options say, `column`,
 * `option` for an option that cannot be.
 * @example
 * windows(seriesFromColumns({ y: [0, 1, 2, 3, 4] }), { length: 2, horizon: 1 }).length; // 3
 */
export function windows(series: Series, options: WindowOptions): Windows {
  checkSeries("windows", series);
  const chosen = given(options);
  if ((chosen as { scale?: unknown }).scale !== undefined)
    fail("option", "windows: scale is an option of the batches; pass it to windowBatches or windowBatch");
  const { length, horizon = 1, stride = 1, gap = 0, lags = [], calendar = [], missing = "error", irregular = "error" } = chosen;
  const { features = series.columns, targets = series.columns } = chosen;
  for (const [name, value] of Object.entries({ length, horizon, stride })) checkCount("windows", name, value);
  checkCount("windows", "gap", gap, 0);
  for (const [name, list] of Object.entries({ features, targets, lags })) checkArray("windows", name, list);
  for (const lag of lags) checkCount("windows", "lags", lag);
  checkCalendar("windows", calendar);
  checkWord("windows", "missing", missing, ["error", "skip", "mask"]);
  checkWord("windows", "irregular", irregular, ["error", "accept"]);
  if (series.times !== undefined && series.frequency === undefined && series.length > 1 && irregular === "error") {
    fail(
      "timestamp",
      'windows: times must be regular, got steps that are multiples of no common one; resample the series, or pass irregular: "accept"',
    );
  }
  if (calendar.length > 0 && series.times === undefined) {
    fail("timestamp", "windows: calendar features need times, got a series without; pass `times` when making it");
  }
  const columns: WindowFeature[] = [
    ...features.map((name) => ({ name, values: series.values(name), lag: 0 })),
    ...lags.flatMap((lag) => targets.map((name) => ({ name: `${name}@${lag}`, values: series.values(name), lag }))),
  ];
  const used = new Set([...features, ...targets]);
  const isMissing = (row: number): boolean => [...used].some((name) => Number.isNaN(series.values(name)[row]));
  if (missing === "error") checkNothingMissing(series, used);
  const segments = missing === "skip" ? cutSegments(series.segments, isMissing) : series.segments;
  const before = Math.max(0, ...lags);
  const span = before + length + gap + horizon;
  const counts = segments.map(({ start, end }) => Math.max(0, Math.floor((end - start - span) / stride) + 1));
  const firsts = Float64Array.from(counts);
  let total = 0;
  counts.forEach((count, index) => {
    firsts[index] = total;
    total += count;
  });
  if (total === 0) failTooShort(segments, span, options);
  return {
    series,
    length: total,
    inputLength: length,
    horizon,
    inputNames: [...columns.map(({ name }) => name), ...calendar.flatMap((name) => [`${name}.sin`, `${name}.cos`])],
    targetNames: targets,
    columns,
    calendar,
    masked: missing === "mask",
    rows(index) {
      if (!Number.isInteger(index) || index < 0 || index >= total)
        refuse("Windows.rows", "index", `a whole number in 0..${total - 1}`, index);
      const segment = segmentOf(firsts, index);
      const start = (segments[segment] as Segment).start + before + (index - (firsts[segment] as number)) * stride;
      const target = start + length + gap;
      return { inputStart: start, inputEnd: start + length, targetStart: target, targetEnd: target + horizon };
    },
  };
}

// The last segment whose first window is not behind `index`; empty segments share their first with the next.
function segmentOf(firsts: Float64Array, index: number): number {
  let low = 0;
  let high = firsts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((firsts[middle] as number) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

function checkNothingMissing(series: Series, columns: Iterable<string>): void {
  for (const column of columns) {
    const values = series.values(column);
    for (const { start, end } of series.segments) {
      const rows: number[] = [];
      for (let row = start; row < end; row++) if (Number.isNaN(values[row])) rows.push(row);
      if (rows.length > 0) failMissing(series, column, rows);
    }
  }
}

function failTooShort(
  segments: readonly Segment[],
  span: number,
  { length, horizon = 1, gap = 0, lags = [] }: WindowOptions,
): never {
  const longest = Math.max(0, ...segments.map(({ start, end }) => end - start));
  const parts = [`length ${length}`, `gap ${gap}`, `horizon ${horizon}`, `largest lag ${Math.max(0, ...lags)}`].join(" + ");
  fail(
    "too-short",
    `windows: a window needs ${span} rows in a row (${parts}), got ${longest} at most; shorten the window or give more rows`,
  );
}
