import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { UserError } from "@unroll/command-line";

import { chooseColumns } from "./choose-columns.js";
import { drawChart, renderPng } from "./chart.js";
import { describeTask } from "./describe-task.js";
import { evaluateForecaster, type Evaluated } from "./evaluate-forecaster.js";
import { fitBaselines } from "./fit-baselines.js";
import { forecastCsv } from "./forecast-csv.js";
import { futureChart } from "./forecast-charts.js";
import { cells, type CellName, type ForecastOptions } from "./forecast-options.js";
import { latestOf, type Fit, type Forecaster } from "./forecaster.js";
import { prepareTask, taskAt, type ForecastTask } from "./forecast-task.js";
import { asUserError, loadSeries } from "./load-series.js";
import { ProgressLine } from "./progress.js";
import { htmlReport } from "./report.js";
import { createFolder } from "./create-folder.js";
import { formatScores } from "./score-table.js";
import type { Table } from "./table.js";
import { trainCell } from "./train-cell.js";
import { verdict } from "./verdict.js";
import { wrapText } from "./wrap-text.js";

/** Reads, trains, backtests, and writes what came of it. */
export async function runForecast(table: Table, options: ForecastOptions): Promise<void> {
  try {
    const { target, time } = chooseColumns(table, options);
    const task = prepareTask(table.title, loadSeries(table, { target, time }, options), target, options);
    await createFolder(options.out);
    console.log(describeTask(task, options));
    const results = await evaluateAll(task, options);
    console.log(`\nBacktest on ${task.folds.length} origins, best first; * marks the cells`);
    console.log(formatScores(results, options.level));
    console.log(`\n${wrapText(verdict(results))}\n`);
    await writeResults(task, results, options);
  } catch (error) {
    throw asUserError(table.title, error);
  }
}

async function evaluateAll(task: ForecastTask, options: ForecastOptions): Promise<Evaluated[]> {
  const names: readonly CellName[] = options.all ? (Object.keys(cells) as CellName[]) : [options.cell];
  const results = fitBaselines(task).map((baseline) => evaluateForecaster(baseline, task, options));
  for (const name of names) {
    results.push(evaluateForecaster(await trainAt(task.fitAt, name, task, options), task, options));
  }
  return results.sort((a, b) => a.mase - b.mase);
}

async function trainAt(
  rows: readonly number[],
  name: CellName,
  task: ForecastTask,
  options: ForecastOptions,
): Promise<Forecaster> {
  const fits: Fit[] = [];
  for (const row of rows) {
    const line = new ProgressLine(name);
    const training = trainCell(name, taskAt(task, row), options, (progress) => line.update(progress));
    fits.push({ from: row, forecaster: await training.finally(() => line.stop()) });
  }
  return latestOf(fits);
}

async function writeResults(task: ForecastTask, results: readonly Evaluated[], options: ForecastOptions): Promise<void> {
  const { out } = options;
  const winner = results[0] as Evaluated;
  const description = `${task.title}: forecast of ${task.target} by ${winner.name}`;
  const chart = drawChart(futureChart(task, winner), { width: 960, height: 400, ground: "paper", description });
  const files: [string, string | Uint8Array, string][] = [
    ["forecast.csv", forecastCsv(task, results), "forecasts of every model with intervals"],
    ["chart.svg", chart, "the forecast of the winner"],
    ["chart.png", renderPng(chart, { width: 960 }), "the same as a picture"],
    ["report.html", htmlReport(task, results, options), "all of this on one page"],
  ];
  try {
    for (const [name, content] of files) await writeFile(join(out, name), content);
  } catch (error) {
    throw new UserError(
      `The results cannot be written to ${out} (${(error as NodeJS.ErrnoException).code}); choose a folder with --out.`,
    );
  }
  for (const [name, , what] of files) console.log(`  ${join(out, name).padEnd(30)} ${what}`);
}
