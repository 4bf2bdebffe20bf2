import Papa from "papaparse";

import type { Evaluated } from "./evaluate-forecaster.js";
import { futureTimes } from "./extend-series.js";
import type { ForecastTask } from "./forecast-task.js";

/** The rows to come as CSV, one line per model and row: `model,time,forecast,lower,upper`; rows are numbered where there are no times. */
export function forecastCsv({ series, horizon }: ForecastTask, results: readonly Evaluated[]): string {
  const times = futureTimes(series, horizon);
  const label = (step: number): string => {
    const time = times?.[step];
    return time === undefined ? String(series.length + step + 1) : isoTime(time);
  };
  const lines = results.flatMap(({ name, future: { values, lower, upper } }) =>
    Array.from(values, (value, step) => ({
      model: name,
      [times === undefined ? "row" : "time"]: label(step),
      forecast: rounded(value),
      lower: rounded(lower[step] as number),
      upper: rounded(upper[step] as number),
    })),
  );
  return `${Papa.unparse(lines, { newline: "\n" })}\n`;
}

/** As `1988-12-31`, or `1988-12-31T12:00Z` where it is not midnight UTC. */
export function isoTime(time: number): string {
  return new Date(time)
    .toISOString()
    .replace("T00:00:00.000Z", "")
    .replace(/(:00)?\.000Z$/, "Z");
}

function rounded(value: number): number {
  return Number(value.toPrecision(7));
}
