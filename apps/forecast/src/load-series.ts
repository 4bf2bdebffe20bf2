import { UserError } from "@unroll/command-line";
import { DataError, durations, fillMissing, resample, seriesFromRows, type Series } from "@unroll/data";

import type { ChosenColumns } from "./choose-columns.js";
import type { ForecastOptions } from "./forecast-options.js";
import { significant } from "./significant.js";
import type { Table } from "./table.js";

const missingRules = { error: "error", "forward-fill": "forwardFill", interpolate: "interpolate" } as const;

/**
 * The columns of a table as one series without gaps.
 *
 * @throws UserError naming the rows at fault and the flag that helps, DataError for what {@link asUserError} explains.
 */
export function loadSeries(
  { title, rows }: Table,
  { time, target }: ChosenColumns,
  options: Pick<ForecastOptions, "features" | "missing" | "sort" | "duplicates" | "resample">,
): Series {
  const columns = [...new Set([target, ...options.features])];
  const read = seriesFromRows(rows, {
    columns,
    missing: "mask",
    order: options.sort ? "sort" : "strict",
    duplicates: options.duplicates,
    ...(time === undefined ? {} : { time }),
  });
  const regular = options.resample === undefined ? read : resample(read, { step: options.resample });
  const series = fillMissing(regular, missingRules[options.missing]);
  if (series.times !== undefined && series.frequency === undefined) {
    throw new UserError(
      `${title}: the times are not evenly spaced. Bring them to a step with --resample ${likelyStep(series.times)}, for example.`,
    );
  }
  const [first, second] = series.segments;
  if (first !== undefined && second !== undefined) {
    const more = series.segments.length > 2 ? ` and in ${series.segments.length - 2} more places` : "";
    throw new UserError(
      `${title}: rows are missing between ${series.describeRow(first.end - 1)} and ${series.describeRow(second.start)}${more}. ` +
        `Put them in with --resample <step> and --missing interpolate or forward-fill.`,
    );
  }
  for (const column of columns) checkUnit(title, column, series.values(column));
  return series;
}

// Scores and baselines take squares, which must be numbers too.
function checkUnit(title: string, column: string, values: Float64Array): void {
  const largest = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  if (largest === 0 || (largest >= 1e-100 && largest <= 1e100)) return;
  throw new UserError(
    `${title}: the largest value of ${column} is ${significant(largest)}. Give the column in another unit, with values between 1e-100 and 1e100.`,
  );
}

const day = 86_400_000;

// The longest step that the usual distance between rows reaches, but for a tenth: month for the last days of months.
function likelyStep(times: Float64Array): keyof typeof durations {
  const distances = times.subarray(1).map((time, row) => time - (times[row] as number));
  const usual = distances.sort()[distances.length >> 1] as number;
  // February is the shortest month.
  const lengths = Object.entries(durations).map(
    ([name, { unit, step }]) => [name as keyof typeof durations, unit === "month" ? 28 * day * step : step] as const,
  );
  return lengths.findLast(([, length]) => length <= 1.1 * usual)?.[0] ?? "minute";
}

/** An error of `@unroll/data` said in the flags of this app; any other error as it is. */
export function asUserError(title: string, error: unknown): unknown {
  if (!(error instanceof DataError)) return error;
  const problem = error.message
    .replace(/^\w+: /, "")
    .replace(/;[^;]*$/, "")
    .replace("a Date, milliseconds or text such as", "times such as");
  return new UserError(`${title}: ${problem}. ${remedies(error)}`.trim());
}

function remedies({ code, message }: DataError): string {
  if (code === "missing-value" && /needs a value/.test(message)) return "Cut those rows off the file.";
  if (code === "missing-value") return "Fill them with --missing interpolate or --missing forward-fill.";
  if (code === "column") return "Name another column with --target or --features.";
  if (code !== "timestamp") return "";
  if (/must increase/.test(message)) return "Put the rows in order with --sort.";
  if (/must differ/.test(message)) return "Make one row of each with --duplicates mean, first or last.";
  return "Write it so, or name another column of timestamps with --time.";
}
