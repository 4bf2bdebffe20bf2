import { defaultPrompt } from "../default-prompt.js";
import { loadModelFile } from "../model-file.js";
import { writeText } from "../write-text.js";

/** Options of `char-rnn sample`. */
export interface SampleCommandOptions {
  readonly checkpoint: string;
  /** Default one that the model knows. */
  readonly prompt?: string;
  readonly length: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly seed: number;
}

/** Writes text as it is drawn. */
export async function sampleCommand(options: SampleCommandOptions): Promise<void> {
  const file = await loadModelFile(options.checkpoint);
  for (const piece of writeText(file, { ...options, prompt: options.prompt ?? defaultPrompt(file) })) process.stdout.write(piece);
  process.stdout.write("\n");
}
