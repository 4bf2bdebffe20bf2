#!/usr/bin/env node
import { readFileSync } from "node:fs";

import { isOutOfMemory, numberOption, UserError } from "@unroll/command-line";
import { useWasm } from "@unroll/wasm";
import { Command, InvalidArgumentError, Option } from "commander";

import { demos } from "./demos.js";
import { cells, type ForecastOptions } from "./forecast-options.js";
import { runForecast } from "./run-forecast.js";
import { readTable } from "./table.js";

const count = numberOption({ minimum: 1, maximum: 1_000_000, whole: true });
const positive = numberOption({ above: 0 });

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string };

const program = new Command("forecast")
  .version(version)
  .description("Trains recurrent networks on a time series, backtests them beside baselines, and forecasts with intervals.")
  .argument("[file]", "CSV file with a header line")
  .addOption(new Option("--demo <name>", "a series that comes with the app").choices(Object.keys(demos)))
  .option("--target <column>", "what to forecast (default: the only numeric column)")
  .option("--time <column>", "timestamps (default: the first column that holds some)")
  .option("--features <columns>", "more numeric columns to read, separated by commas", splitNames, [])
  .option("--horizon <rows>", "rows to forecast", count, 28)
  .option("--season <rows>", "length of a season, 1 for none (default: found in the data)", count)
  .option("--length <rows>", "rows the network reads (default: 8 seasons or twice the horizon)", count)
  .addOption(new Option("--missing <rule>", "missing values").choices(["error", "forward-fill", "interpolate"]).default("error"))
  .option("--sort", "put the rows in the order of time", false)
  .addOption(new Option("--duplicates <rule>", "equal timestamps").choices(["error", "first", "last", "mean"]).default("error"))
  .addOption(
    new Option("--resample <step>", "bring the rows to an even step by their mean").choices([
      "minute",
      "hour",
      "day",
      "week",
      "month",
      "quarter",
      "year",
    ]),
  )
  .addOption(new Option("--cell <name>", "recurrent cell").choices(Object.keys(cells)).default("gru"))
  .option("--all", "train all of these cells, side by side", false)
  .option("--hidden <units>", "units per layer", numberOption({ minimum: 1, maximum: 65_536, whole: true }), 128)
  .option("--layers <count>", "recurrent layers", numberOption({ minimum: 1, maximum: 1000, whole: true }), 1)
  .option("--epochs <count>", "passes over the training part (default: 1,300 updates, at most 100 passes)", count)
  .option("--batch <windows>", "windows per update", count, 64)
  .option("--learning-rate <rate>", "of Adam at the start; falls along a cosine", positive, 0.003)
  .option("--seed <integer>", "seed of the weights and of the order of windows", numberOption({ whole: true }), 1)
  .option("--test <rows>", "rows at the end to test on (default: a tenth)", count)
  .option("--stride <rows>", "rows between origins of the backtest (default: the horizon, or what makes 26)", count)
  .option(
    "--refit <times>",
    "learn anew so often in the test, the last time at its end",
    numberOption({ minimum: 0, whole: true }),
    0,
  )
  .option("--level <share>", "share of the values the intervals should hold", readShare, 0.9)
  .option("--out <folder>", "where results are written", "forecast-results")
  .showHelpAfterError("(--help shows the options)")
  .action(async (file: string | undefined, options: ForecastOptions & { readonly demo?: keyof typeof demos }) => {
    const { demo } = options;
    if ((file === undefined) === (demo === undefined)) {
      throw new UserError("Give either a CSV file or --demo births, co2 or weather (--help shows the options).");
    }
    await useWasm();
    if (demo === undefined) return runForecast(await readTable(file as string), options);
    const given = Object.fromEntries(Object.entries(options).filter(([name]) => program.getOptionValueSource(name) === "cli"));
    return runForecast(demos[demo].table(), { ...options, ...demos[demo].defaults, ...given });
  });

function splitNames(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

function readShare(text: string): number {
  const value = numberOption({ above: 0 })(text);
  if (value < 1) return value;
  throw new InvalidArgumentError("It must be a number between 0 and 1.");
}

// A reader that leaves early, such as head, is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  const outOfMemory = "There is not enough memory; lower --hidden, --layers, --batch, --length or --horizon.";
  if (!(error instanceof UserError) && !isOutOfMemory(error)) throw error;
  console.error(`forecast: ${error instanceof UserError ? error.message : outOfMemory}`);
  process.exitCode = 1;
}
