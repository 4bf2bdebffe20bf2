import { checkWord } from "../checks/check-word.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";
import { checkSeries, columnMap, derive, failMixed, type Series } from "./series.js";
import { readTimeAxis, type Frequency } from "./time-axis.js";

const hour = 3_600_000;

/** Lengths of time by name; weeks start on Monday, days at midnight UTC. */
export const durations: Readonly<Record<"minute" | "hour" | "day" | "week" | "month" | "quarter" | "year", Frequency>> = {
  minute: { unit: "millisecond", step: 60_000 },
  hour: { unit: "millisecond", step: hour },
  day: { unit: "millisecond", step: 24 * hour },
  week: { unit: "millisecond", step: 7 * 24 * hour },
  month: { unit: "month", step: 1 },
  quarter: { unit: "month", step: 3 },
  year: { unit: "month", step: 12 },
};

/** How the values that fall into one step become one. Missing values are left out. */
export type Aggregate = "mean" | "sum" | "first" | "last" | "min" | "max";

/**
 * Brings a series, regular or not, to a regular step: each new row stands for the time from itself to the next and holds
 * the aggregate of the rows in it, NaN where there are none. Follow it with `fillMissing` to fill those.
 *
 * @throws DataError `timestamp` when the series has no times, `option` for an unknown step or aggregate, or when the
 * step is not positive.
 */
export function resample(
  series: Series,
  options: { readonly step: Frequency | keyof typeof durations; readonly aggregate?: Aggregate },
): Series {
  checkSeries("resample", series);
  const { step, aggregate = "mean" } = given(options);
  if (typeof step !== "object") checkWord("resample", "step", step, Object.keys(durations) as (keyof typeof durations)[]);
  checkWord("resample", "aggregate", aggregate, ["mean", "sum", "first", "last", "min", "max"]);
  const times =
    series.times ?? fail("timestamp", "resample: needs a series with times, got one without; pass `times` when making it");
  const frequency = typeof step === "object" ? step : durations[step];
  checkWord("resample", "unit of step", frequency.unit, ["millisecond", "month"]);
  if (!(frequency.step > 0)) fail("option", `resample: step must be positive, got ${frequency.step}`);
  if (series.length === 0) return series;
  const mixed = series.columns.find((name) => series.categories(name) !== undefined);
  if (mixed !== undefined && aggregate !== "first" && aggregate !== "last")
    failMixed("resample", mixed, `aggregate: "${aggregate}"`);
  const first = bucketOf(times[0] as number, frequency);
  const length = bucketOf(times.at(-1) as number, frequency) - first + 1;
  const rows = Int32Array.from(times, (time) => bucketOf(time, frequency) - first);
  const values = new Map([...columnMap(series)].map(([name, column]) => [name, gather(column, rows, length, aggregate)]));
  const grid = Float64Array.from({ length }, (_, row) => startOf(first + row, frequency));
  return derive(series, { values, times: grid, frequency, segments: readTimeAxis(grid).segments, firstRow: 0 });
}

// Day 0 of 1970 was a Thursday; whole weeks are counted from the Monday after.
function originOf({ step }: Frequency): number {
  return step % (7 * 24 * hour) === 0 ? 4 * 24 * hour : 0;
}

function bucketOf(time: number, frequency: Frequency): number {
  if (frequency.unit === "millisecond") return Math.floor((time - originOf(frequency)) / frequency.step);
  const date = new Date(time);
  return Math.floor(((date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()) / frequency.step);
}

function startOf(bucket: number, frequency: Frequency): number {
  return frequency.unit === "millisecond"
    ? originOf(frequency) + bucket * frequency.step
    : Date.UTC(1970, bucket * frequency.step);
}

function gather(column: Float64Array, rows: Int32Array, length: number, aggregate: Aggregate): Float64Array {
  const result = new Float64Array(length).fill(NaN);
  const counts = new Int32Array(length);
  column.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    const bucket = rows[row] as number;
    const seen = counts[bucket] as number;
    counts[bucket] = seen + 1;
    const before = result[bucket] as number;
    if (seen === 0 || aggregate === "last") result[bucket] = value;
    else if (aggregate === "min") result[bucket] = Math.min(before, value);
    else if (aggregate === "max") result[bucket] = Math.max(before, value);
    else if (aggregate !== "first") result[bucket] = before + value;
  });
  return aggregate === "mean" ? result.map((sum, bucket) => sum / (counts[bucket] as number)) : result;
}
