import { isoTime } from "./forecast-csv.js";
import type { ForecastOptions } from "./forecast-options.js";
import type { ForecastTask } from "./forecast-task.js";
import { wrapText } from "./wrap-text.js";

/** What is about to happen, in lines of at most 80 characters. */
export function describeTask(task: ForecastTask, { hidden, layers, seed }: ForecastOptions): string {
  const { title, series, target, horizon, season, year, validationStart, testStart, windowOptions, calendar } = task;
  const count = (rows: number): string => rows.toLocaleString("en-US");
  const place = (row: number): string => {
    const time = series.times?.[row];
    return time === undefined ? `row ${count(row + 1)}` : isoTime(time);
  };
  const reads = [
    ...(windowOptions.features ?? []),
    ...(year === undefined ? [] : [`${target} a year ago`]),
    ...calendar.map((name) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)),
  ];
  const learned = `Learns from ${count(validationStart)} rows, chooses on the next ${count(testStart - validationStart)}`;
  const sentences = [
    `${count(series.length)} rows, ${place(0)} to ${place(series.length - 1)}; ${season > 1 ? `a season of ${season} rows` : "no season found"}`,
    `${learned}, is tested on the last ${count(series.length - testStart)}, from ${place(testStart)}`,
    `Forecasts ${horizon} rows of ${target} from ${windowOptions.length} rows of ${reads.join(", ")}`,
    `${layers} x ${hidden} units, seed ${seed}`,
  ];
  return [wrapText(title), ...sentences.map((sentence) => wrapText(sentence, { indent: "  " })), ""].join("\n");
}
