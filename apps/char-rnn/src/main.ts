#!/usr/bin/env node
import { readFileSync } from "node:fs";

import { isOutOfMemory, numberOption, UserError } from "@unroll/command-line";
import { useWasm } from "@unroll/wasm";
import { Command, Option } from "commander";

import { evaluateCommand, type EvaluateCommandOptions } from "./commands/evaluate.js";
import { sampleCommand, type SampleCommandOptions } from "./commands/sample.js";
import { defaultCheckpoint, trainCommand, type TrainCommandOptions } from "./commands/train.js";
import { cells, most } from "./settings.js";

const count = numberOption({ minimum: 1, whole: true });
const integer = numberOption({ whole: true });
const positive = numberOption({ above: 0 });
const notNegative = numberOption({ minimum: 0 });
const size = (name: keyof typeof most): ReturnType<typeof numberOption> =>
  numberOption({ minimum: 1, maximum: most[name], whole: true });
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string };

const program = new Command("char-rnn")
  .description("Trains a recurrent network to predict the next character of a text, and writes text with it.")
  .version(version)
  .configureHelp({ showGlobalOptions: false })
  .showHelpAfterError("(--help shows the options)");

program
  .command("train")
  .description("train on a text, compare with n-gram baselines, save a checkpoint")
  .option("--text <file>", "UTF-8 text to learn (default: Moby-Dick)")
  .addOption(new Option("--cell <name>", "recurrent cell").choices(Object.keys(cells)).default("lstm"))
  .option("--hidden <units>", "units per layer", size("hidden"), 128)
  .option("--layers <count>", "recurrent layers", size("layers"), 1)
  .option("--embedding <size>", "size of a character's vector", size("embedding"), 64)
  .option("--length <characters>", "characters per step of truncated back-propagation", size("length"), 64)
  .option("--batch <rows>", "places of the text read side by side", size("batch"), 32)
  .option("--epochs <count>", "passes over the training text (default: 1, or as many as --minutes allow)", size("epochs"))
  .option("--minutes <time>", "end after this long, even if epochs are left", positive)
  .option("--learning-rate <rate>", "of Adam at the start; falls to a twentieth along a cosine", positive, 0.004)
  .option("--clip <norm>", "largest norm of all gradients together", positive, 1)
  .option("--seed <integer>", "seed of the weights and of the sample", integer, 1)
  .option("--checkpoint <file>", `where to save (default: the file of --resume, or ${defaultCheckpoint})`)
  .addOption(
    new Option(
      "--resume <file>",
      "go on with the training saved there, and save there; its text, sizes and epochs hold",
    ).conflicts(["text", "cell", "hidden", "layers", "embedding", "length", "batch", "epochs", "learningRate", "clip", "seed"]),
  )
  .option(
    "--sample-length <characters>",
    "length of the sample shown at the end",
    numberOption({ minimum: 0, maximum: 1_000_000, whole: true }),
    400,
  )
  .option("--temperature <value>", "of the sample: 0 takes the likeliest, 1 draws as learned", notNegative, 0.7)
  .option("--top-k <count>", "draw among the k likeliest characters only", count)
  .option("--prompt <text>", "start of the sample (default: the start of the validation text)")
  .action((options: TrainCommandOptions) => trainCommand(options));

program
  .command("sample")
  .description("write text with a checkpoint")
  .option("--checkpoint <file>", "the model", defaultCheckpoint)
  .option("--prompt <text>", "text to go on from (default: a beginning the model knows)")
  .option("--length <characters>", "characters to write", numberOption({ minimum: 0, whole: true }), 400)
  .option("--temperature <value>", "0 takes the likeliest, 1 draws as learned", notNegative, 0.7)
  .option("--top-k <count>", "draw among the k likeliest characters only", count)
  .option("--seed <integer>", "seed of the draws", integer, 1)
  .action((options: SampleCommandOptions) => sampleCommand(options));

program
  .command("eval")
  .description("score a checkpoint on its validation and test text, beside the baselines")
  .option("--checkpoint <file>", "the model", defaultCheckpoint)
  .option("--text <file>", "score this text instead, whole")
  .action((options: EvaluateCommandOptions) => evaluateCommand(options));

program.hook("preAction", async () => {
  await useWasm();
});

// A reader that leaves early, such as head, is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  const outOfMemory = "There is not enough memory; lower --hidden, --layers, --embedding, --batch or --length.";
  if (!(error instanceof UserError) && !isOutOfMemory(error)) throw error;
  console.error(`char-rnn: ${error instanceof UserError ? error.message : outOfMemory}`);
  process.exitCode = 1;
}
