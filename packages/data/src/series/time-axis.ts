import { fail } from "../error.js";
import type { Segment } from "./series.js";

/** A fixed number of milliseconds, or of calendar months, between two rows. */
export interface Frequency {
  readonly unit: "millisecond" | "month";
  readonly step: number;
}

/** What the timestamps of a series say. */
export interface TimeAxis {
  /** Undefined where the steps are multiples of no common step. */
  readonly frequency: Frequency | undefined;
  /** Runs of rows one step apart; all rows where the times are irregular. */
  readonly segments: readonly Segment[];
}

// A timestamp may be off by this part of a step.
const tolerance = 1e-3;

const shortestMonth = 28 * 86_400_000;

/**
 * Finds the step of increasing timestamps and the gaps, which are steps of two or more. The step is a number of
 * calendar months if all rows lie at the same day and time of a month, else the median of the differences if all are
 * multiples of it; else the times are irregular.
 */
export function readTimeAxis(times: Float64Array): TimeAxis {
  const all = [{ start: 0, end: times.length }];
  if (times.length < 2) return { frequency: undefined, segments: all };
  const steps = Float64Array.from({ length: times.length - 1 }, (_, row) => (times[row + 1] as number) - (times[row] as number));
  const step = median(steps);
  return (
    (step >= shortestMonth ? readMonths(times) : undefined) ??
    readFixedSteps(steps, step) ?? { frequency: undefined, segments: all }
  );
}

function readFixedSteps(steps: Float64Array, step: number): TimeAxis | undefined {
  if (!steps.every((x) => isMultiple(x / step))) return undefined;
  return { frequency: { unit: "millisecond", step }, segments: runs(steps, step) };
}

function readMonths(times: Float64Array): TimeAxis | undefined {
  const dates = Array.from(times, (time) => new Date(time));
  const within = (date: Date): number => date.getTime() - Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  if (!dates.every((date) => within(date) === within(dates[0] as Date))) return undefined;
  const months = dates.map((date) => date.getUTCFullYear() * 12 + date.getUTCMonth());
  const steps = Float64Array.from(months.slice(1), (month, row) => month - (months[row] as number));
  const step = median(steps);
  if (!steps.every((x) => isMultiple(x / step))) return undefined;
  return { frequency: { unit: "month", step }, segments: runs(steps, step) };
}

/** The number of rows that make up a time, such as 7 for a week of daily rows; NaN where it is no whole number. */
export function rowsPer(frequency: Frequency, time: Frequency): number {
  const rows = frequency.unit === time.unit ? time.step / frequency.step : NaN;
  return Number.isInteger(rows) ? rows : NaN;
}

/**
 * Milliseconds since 1970 of a timestamp: a Date, a number of milliseconds, or text such as `1969`, `1969-01`,
 * `1969-01-31`, `1969/01/31`, `1969-01-31 12:00` or ISO 8601 with a zone. Times without a zone are UTC.
 *
 * @returns NaN when it is none of these.
 */
export function parseTime(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number") return value;
  if (typeof value !== "string") return NaN;
  const parts = /^(\d{4})(?:[-/](\d\d?)(?:[-/](\d\d?)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?)?)?)?$/i.exec(
    value.trim(),
  );
  if (parts === null) return NaN;
  const [, year = "", month = "1", day = "1", clock = "00:00", zone = "Z"] = parts;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const time = Date.parse(`${date}T${clock}${zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2")}`);
  // Date.parse rolls 31 February over; a date that does not exist is an error in the data.
  return Date.parse(date) === Date.parse(`${year}-${month.padStart(2, "0")}-01`) + (Number(day) - 1) * 86_400_000 &&
    new Date(Date.parse(date)).getUTCDate() === Number(day)
    ? time
    : NaN;
}

/** Throws `timestamp` naming the first rows at fault unless every time is finite and later than the one before. */
export function checkIncreasing(operation: string, times: Float64Array): void {
  const bad = (rule: string, row: number, remedy: string): never =>
    fail(
      "timestamp",
      `${operation}: ${rule}, got row ${row + 1} (${shown(times[row])}) after row ${row} (${shown(times[row - 1])}); ${remedy}`,
    );
  const unreadable = times.findIndex((time) => !Number.isFinite(time));
  if (unreadable >= 0)
    fail("timestamp", `${operation}: every row needs a time, got none that can be read in row ${unreadable + 1}`);
  for (let row = 1; row < times.length; row++) {
    const step = (times[row] as number) - (times[row - 1] as number);
    if (step < 0) bad("times must increase", row, 'sort the rows, or pass order: "sort"');
    if (step === 0) bad("times must differ", row, 'pass duplicates: "first", "last" or "mean"');
  }
}

function shown(time: number | undefined): string {
  return new Date(time ?? NaN).toISOString().replace("T00:00:00.000Z", "");
}

function median(values: Float64Array): number {
  return values.slice().sort()[values.length >> 1] as number;
}

function isMultiple(ratio: number): boolean {
  return ratio > 0.5 && Math.abs(ratio - Math.round(ratio)) <= tolerance;
}

function runs(steps: Float64Array, step: number): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  steps.forEach((x, row) => {
    if (x / step < 1.5) return;
    segments.push({ start, end: row + 1 });
    start = row + 1;
  });
  segments.push({ start, end: steps.length + 1 });
  return segments;
}
