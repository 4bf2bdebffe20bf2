import { UserError } from "@unroll/command-line";
import { DataError } from "@unroll/data";

import { loadCorpus, loadTrainingCorpus } from "../corpus.js";
import { loadModelFile } from "../model-file.js";
import { formatScores, networkLoss, scorer } from "../scores.js";
import { splitText } from "../split.js";

/** Options of `char-rnn eval`. */
export interface EvaluateCommandOptions {
  readonly checkpoint: string;
  /** Another text to score, whole. */
  readonly text?: string;
}

/** Scores a checkpoint on the parts of its own text it did not learn from, or on another text. */
export async function evaluateCommand({ checkpoint, text }: EvaluateCommandOptions): Promise<void> {
  const file = await loadModelFile(checkpoint);
  if (text !== undefined) {
    const corpus = await loadCorpus(text);
    const loss = networkLoss(file.model, encode(file.vocabulary, corpus.text));
    console.log(`${corpus.title}: ${loss.toFixed(4)} nats/char (perplexity ${Math.exp(loss).toFixed(2)})`);
    return;
  }
  const corpus = await loadTrainingCorpus(
    file.trainingSettings.text,
    `${checkpoint} was trained on it; give the text to score with --text FILE.`,
  );
  if (corpus.hash !== file.textHash)
    throw new UserError(`${corpus.title} has changed since ${checkpoint} was trained on it; give --text FILE.`);
  const { train, validation, test, vocabulary } = splitText(corpus, file.trainingSettings);
  const score = scorer(train, vocabulary.size);
  for (const [name, part] of [
    ["Validation", validation],
    ["Test", test],
  ] as const) {
    console.log(`${name}, ${part.length.toLocaleString("en-US")} characters`);
    console.log(formatScores(score(file.model, part)));
  }
}

function encode(vocabulary: { encode(text: string): Int32Array }, text: string): Int32Array {
  try {
    const ids = vocabulary.encode(text);
    if (ids.length >= 2) return ids;
    throw new UserError("The text needs at least 2 characters.");
  } catch (error) {
    throw error instanceof DataError ? new UserError(`The text cannot be scored: ${error.message}`) : error;
  }
}
