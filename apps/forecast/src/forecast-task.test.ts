import { seriesFromColumns, type Series } from "@unroll/data";
import { useWasm } from "@unroll/wasm";
import { beforeAll, describe, expect, it } from "vitest";

import { evaluateForecaster } from "./evaluate-forecaster.js";
import { fitBaselines } from "./fit-baselines.js";
import { forecastCsv } from "./forecast-csv.js";
import { cells, type CellName, type ForecastOptions } from "./forecast-options.js";
import { latestOf } from "./forecaster.js";
import { prepareTask, taskAt, windowAt, windowsBetween } from "./forecast-task.js";
import { htmlReport } from "./report.js";
import { trainCell } from "./train-cell.js";

const options: ForecastOptions = {
  ...{ features: [], horizon: 10, missing: "error", sort: false, duplicates: "error", cell: "gru", all: false, level: 0.8 },
  ...{ hidden: 8, layers: 1, epochs: 3, batch: 32, learningRate: 0.01, seed: 1, refit: 0, out: "unused" },
};

function weekly(rows: number, change: (value: number, row: number) => number = (value) => value): Series {
  const y = Array.from({ length: rows }, (_, t) =>
    change(100 + 0.1 * t + 20 * Math.sin((2 * Math.PI * t) / 7) + ((t * 7919) % 13), t),
  );
  return seriesFromColumns({ y }, { times: y.map((_, t) => Date.UTC(2000, 0, 1 + t)) });
}

beforeAll(async () => {
  await useWasm();
});

describe("a task", () => {
  const task = prepareTask("sales", weekly(500), "y", { ...options, stride: 10 });

  it("splits in the order of time, with windows that end where the origin is", () => {
    expect([task.season, task.validationStart, task.testStart, task.folds.map(({ origin }) => origin)]).toEqual([
      7,
      400,
      450,
      [450, 460, 470, 480, 490],
    ]);
    const all = windowsBetween(task, 0, task.scaled.length);
    for (const origin of [450, 500]) expect(all.rows(windowAt(task, origin)).inputEnd).toBe(origin);
    const training = windowsBetween(task, 0, 400);
    expect(training.rows(training.length - 1).targetEnd).toBe(400);
    const validating = windowsBetween(task, 400, 450);
    expect(validating.series.length - validating.rows(0).targetStart).toBe(50);
  });

  it.each(Object.keys(cells) as CellName[])("trains %s, which sees nothing of the test", async (name) => {
    const other = prepareTask(
      "sales",
      weekly(500, (value, row) => (row < 450 ? value : 3 * value)),
      "y",
      options,
    );
    const progress: number[] = [];
    const first = (await trainCell(name, task, options, ({ done }) => progress.push(done))).forecast([450]);
    const second = (await trainCell(name, other, options, () => undefined)).forecast([450]);
    expect(progress.at(-1)).toBeCloseTo(1);
    expect(first).toEqual(second);
  });

  it("scores cells and baselines, and writes what they say of the rows to come", async () => {
    const cell = await trainCell("gru", task, { ...options, epochs: 15, hidden: 16 }, () => undefined);
    const results = [cell, ...fitBaselines(task)].map((forecaster) => evaluateForecaster(forecaster, task, options));
    const byName = new Map(results.map((result) => [result.name, result]));
    expect([...byName.keys()].sort()).toEqual(
      ["Holt-Winters", "drift", "gru", "linear autoregression (28)", "moving average", "naive", "seasonal naive"].sort(),
    );
    for (const { mae, rmse, coverage, maeByStep, future } of results) {
      expect(rmse).toBeGreaterThanOrEqual(mae);
      expect(coverage).toBeGreaterThan(0.4);
      expect(maeByStep.reduce((sum, x) => sum + x, 0) / 10).toBeCloseTo(mae, 9);
      expect(future.values.every((value, step) => value >= (future.lower[step] as number))).toBe(true);
    }
    expect(byName.get("gru")?.mase).toBeLessThan(byName.get("naive")?.mase as number);
    const lines = forecastCsv(task, results).trimEnd().split("\n");
    expect(lines[0]).toBe("model,time,forecast,lower,upper");
    expect(lines).toHaveLength(1 + 10 * results.length);
    expect(lines[1]).toMatch(/^gru,2001-05-15,/);
    const page = htmlReport({ ...task, title: "<b>&" }, results, options);
    expect(page).toContain("&#60;b&#62;&#38;");
    expect(page).not.toMatch(/<script|src=|href=|url\(/);
    expect(page.match(/<svg[^>]*role="img"/g)).toHaveLength(6);
    const target = "<script>&";
    const series = seriesFromColumns({ [target]: task.series.values("y") }, { times: task.series.times as Float64Array });
    const named = htmlReport({ ...task, target, series }, results, options);
    expect(named).toContain("Forecast of &#60;script&#62;&#38;");
    expect(named).not.toContain("<script>");
  });
});

describe("learning anew", () => {
  const task = prepareTask("sales", weekly(500), "y", { ...options, stride: 10, refit: 2 });

  it("happens evenly over the test, the last time at its end", () => {
    expect(task.fitAt).toEqual([450, 475, 500]);
    expect(taskAt(task, 450)).toBe(task);
    const later = taskAt(task, 475);
    expect([later.validationStart, later.testStart, later.season]).toEqual([425, 475, 7]);
    expect(taskAt(task, 475).scaler.toJSON()).not.toEqual(task.scaler.toJSON());
  });

  it("sees no row from the origin on, as a cell and as a baseline", async () => {
    const change = (from: number): Series => weekly(500, (value, row) => (row < from ? value : 3 * value));
    const other = prepareTask("sales", change(475), "y", { ...options, refit: 2 });
    const train = (from: typeof task): ReturnType<typeof trainCell> =>
      trainCell("gru", taskAt(from, 475), options, () => undefined);
    const [first, second] = [await train(task), await train(other)];
    expect(first.forecast([475])).toEqual(second.forecast([475]));
    const early = await trainCell("gru", task, options, () => undefined);
    expect(first.forecast([475])).not.toEqual(early.forecast([475]));
    const anew = latestOf([
      { from: 450, forecaster: early },
      { from: 475, forecaster: first },
    ]);
    expect(anew.forecast([474, 475])).toEqual([...early.forecast([474]), ...first.forecast([475])]);
    const baselines = fitBaselines(task);
    fitBaselines(other).forEach((baseline, index) => {
      expect(baseline.forecast([400, 450, 475])).toEqual(baselines[index]?.forecast([400, 450, 475]));
    });
  });

  it("fits baselines for the validation part on the rows before it", () => {
    const other = prepareTask(
      "sales",
      weekly(500, (value, row) => (row < 400 ? value : 3 * value)),
      "y",
      options,
    );
    const baselines = fitBaselines(task);
    fitBaselines(other).forEach((baseline, index) => {
      expect(baseline.forecast([400])).toEqual(baselines[index]?.forecast([400]));
    });
  });
});

it("rolls the origin so that there are at least 25 of them", () => {
  expect(prepareTask("sales", weekly(500), "y", options).folds).toHaveLength(41);
  expect(
    prepareTask("sales", weekly(4000), "y", options)
      .folds.map(({ origin }) => origin)
      .slice(0, 2),
  ).toEqual([3600, 3610]);
});

it("says what is too short", () => {
  expect(() => prepareTask("sales", weekly(60), "y", options)).toThrow(/sales has 60 rows; .* need at least \d+\. .*--horizon/);
  expect(() => prepareTask("sales", weekly(500), "y", { ...options, test: 5 })).toThrow(/--test 5 is shorter than the horizon/);
  expect(() => prepareTask("sales", weekly(500), "y", { ...options, refit: 51 })).toThrow(
    /--refit 51 is more than .* 50; give fewer/,
  );
});
