import { resolve } from "node:path";

import { fit, TrainingError, type FitState } from "@unroll/bptt";
import { CellError } from "@unroll/cells";
import { checkModelSize, UserError } from "@unroll/command-line";
import { contiguousBatches } from "@unroll/data";
import { crossEntropy, ModuleError } from "@unroll/nn";
import { adam, cosineDecay, OptimizerError, type OptimizerState } from "@unroll/optim";
import { TensorError } from "@unroll/tensor";

import { again } from "../again.js";
import { CharModel } from "../char-model.js";
import { checkDestination } from "../check-destination.js";
import { checkPrompt } from "../check-prompt.js";
import { loadCorpus, loadTrainingCorpus, type Corpus } from "../corpus.js";
import { loadModelFile, saveModelFile, type ModelFile } from "../model-file.js";
import { duration } from "../progress.js";
import { formatScores, scorer } from "../scores.js";
import type { ModelSettings, TrainingSettings } from "../settings.js";
import { splitText, type SplitText } from "../split.js";
import { suggestedPrompt } from "../suggested-prompt.js";
import { TrainingMonitor } from "../training-monitor.js";
import { writeText } from "../write-text.js";

/** Where a checkpoint lies unless told. */
export const defaultCheckpoint = "checkpoints/char-rnn.safetensors";

/** Options of `char-rnn train`. */
export interface TrainCommandOptions extends ModelSettings, Omit<TrainingSettings, "text" | "epochs"> {
  readonly text?: string;
  /** Default 1, or as many as the minutes allow. */
  readonly epochs?: number;
  /** Ends after this many minutes, even if epochs are left; the learning rate then falls only where epochs are given. */
  readonly minutes?: number;
  /** Default the file of `resume`, or {@link defaultCheckpoint}. */
  readonly checkpoint?: string;
  /** Goes on with the training of this checkpoint; text, sizes and seed are the checkpoint's. */
  readonly resume?: string;
  readonly sampleLength: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly prompt?: string;
}

type Start = Omit<ModelFile, "training"> & { readonly training?: FitState<OptimizerState> };

/** Trains, scores against the baselines, writes a sample and the checkpoint. */
export async function trainCommand(options: TrainCommandOptions): Promise<void> {
  const { start, corpus, split } = await prepare(options);
  if (options.prompt !== undefined) checkPrompt(options.prompt, start.vocabulary);
  const { model, trainingSettings: settings, modelSettings } = start;
  const checkpoint = options.checkpoint ?? options.resume ?? defaultCheckpoint;
  await checkDestination(checkpoint, settings.text);
  const batches = contiguousBatches(split.train, { batchSize: settings.batch, sequenceLength: settings.length });
  console.log(describeData(corpus, split));
  console.log(
    `Model  ${modelSettings.cell}, ${modelSettings.layers} x ${modelSettings.hidden} units, embedding ${modelSettings.embedding}`,
  );
  console.log(model.summary().replaceAll(/^/gm, "  "));
  const total = settings.epochs * batches.length;
  console.log(
    `\nTraining  ${options.minutes === undefined ? "" : `${options.minutes} minutes, at most `}${settings.epochs} ${settings.epochs === 1 ? "epoch" : "epochs"} of ${batches.length} steps, ${settings.batch} rows x ${settings.length} characters, ` +
      `Adam ${settings.learningRate}, seed ${settings.seed}`,
  );
  const monitor = new TrainingMonitor({ total, from: start.training?.step ?? 0, minutes: options.minutes });
  const write = (training: FitState<OptimizerState>): Promise<void> => saveModelFile(checkpoint, { ...start, training });
  let result;
  try {
    result = await fit(model, batches, {
      loss: crossEntropy,
      optimizer: adam({
        learningRate: cosineDecay(settings.learningRate, { steps: total, minimum: settings.learningRate / 20 }),
      }),
      bptt: { k1: settings.length, k2: settings.length },
      clip: { maxNorm: settings.clip },
      epochs: settings.epochs,
      signal: monitor.signal,
      ...(start.training === undefined ? {} : { resume: start.training }),
      checkpoint: { every: { epochs: 1 }, save: ({ training }) => write(training) },
      onStep: ({ loss, elements }) => monitor.step(loss, elements),
    });
  } catch (error) {
    if (options.resume !== undefined && isMisfit(error)) {
      const { message } = error;
      throw new UserError(
        `The training in ${options.resume} cannot go on, what it holds does not fit its model (${message}). Train anew.`,
      );
    }
    throw error instanceof TrainingError ? new UserError(error.message) : error;
  } finally {
    monitor.stop();
  }
  if (result.stopped === "aborted") await write(result.state);
  if (monitor.interrupted !== undefined) {
    console.log(`\nStopped at step ${result.state.step} of ${total}. The checkpoint is in ${checkpoint}; go on with`);
    console.log(`  ${again("train", "--resume", checkpoint)}`);
    process.exitCode = monitor.interrupted === "SIGTERM" ? 143 : 130;
    return;
  }
  console.log(`Trained on ${monitor.elements.toLocaleString("en-US")} characters in ${duration(monitor.seconds)}\n`);
  console.log(`Validation loss on ${split.validation.length.toLocaleString("en-US")} characters`);
  console.log(formatScores(scorer(split.train, split.vocabulary.size)(model, split.validation)));
  console.log(`\nSample, temperature ${options.temperature}`);
  const prompt = options.prompt ?? split.vocabulary.decode(split.validation.subarray(0, 20));
  const written = [...writeText(start, { ...options, prompt, length: options.sampleLength, seed: settings.seed })].join("");
  console.log(`${written.replaceAll(/^/gm, "  ")}\n`);
  console.log(`The checkpoint is in ${checkpoint}; write more with`);
  const suggested = suggestedPrompt(prompt);
  console.log(`  ${again("sample", "--checkpoint", checkpoint, ...(suggested === undefined ? [] : ["--prompt", suggested]))}`);
}

// What reading a state of training throws where it is not that of the model.
function isMisfit(error: unknown): error is Error {
  return [OptimizerError, ModuleError, CellError, TensorError].some((type) => error instanceof type);
}

async function prepare(options: TrainCommandOptions): Promise<{ start: Start; corpus: Corpus; split: SplitText }> {
  if (options.resume !== undefined) {
    const saved = await loadModelFile(options.resume);
    const corpus = await loadTrainingCorpus(
      saved.trainingSettings.text,
      `${options.resume} was trained on it and goes on with nothing else; put it back.`,
    );
    if (corpus.hash !== saved.textHash) {
      throw new UserError(
        `${corpus.title} has changed since ${options.resume} was saved; a training goes on with the same text only.`,
      );
    }
    if (saved.training.epoch >= saved.trainingSettings.epochs) {
      throw new UserError(
        `The training in ${options.resume} is done (${saved.trainingSettings.epochs} epochs); start one with more --epochs.`,
      );
    }
    console.log(`Going on from step ${saved.training.step} of ${options.resume}`);
    return { start: saved, corpus, split: splitText(corpus, saved.trainingSettings) };
  }
  const { cell, embedding, hidden, layers, length, batch, learningRate, clip, seed } = options;
  const epochs = options.epochs ?? (options.minutes === undefined ? 1 : 10_000);
  const text = options.text === undefined ? null : resolve(options.text);
  const corpus = await loadCorpus(text);
  const split = splitText(corpus, options);
  const modelSettings = { cell, embedding, hidden, layers };
  const model = new CharModel(split.vocabulary.size, modelSettings);
  checkModelSize(model);
  model.initialize({ seed });
  const trainingSettings = { text, length, batch, epochs, learningRate, clip, seed };
  return {
    start: { model, vocabulary: split.vocabulary, modelSettings, trainingSettings, textHash: corpus.hash },
    corpus,
    split,
  };
}

function describeData({ title }: Corpus, { vocabulary, train, validation, test }: SplitText): string {
  const parts = [train.length, validation.length, test.length];
  const [all, ...counts] = [parts.reduce((sum, part) => sum + part), ...parts].map((part) => part.toLocaleString("en-US"));
  return `Data   ${title}: ${all} characters, ${vocabulary.size} of them distinct; train ${counts[0]}, validation ${counts[1]}, test ${counts[2]}`;
}
