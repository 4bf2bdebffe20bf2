import { sample } from "@unroll/bptt";
import { createGenerator } from "@unroll/tensor";

import { checkPrompt } from "./check-prompt.js";
import type { ModelFile } from "./model-file.js";

/** How text is drawn from a model. */
export interface WritingOptions {
  /** Text to go on from. */
  readonly prompt: string;
  /** Characters to write after the prompt. */
  readonly length: number;
  readonly temperature: number;
  /** Draws among the k likeliest characters only; all when left out. */
  readonly topK?: number | undefined;
  readonly seed: number;
}

/**
 * The prompt and what the model makes of it, piece by piece.
 *
 * @throws UserError as {@link checkPrompt} does.
 */
export function* writeText(
  { model, vocabulary }: Pick<ModelFile, "model" | "vocabulary">,
  { prompt, length, temperature, topK, seed }: WritingOptions,
): Generator<string> {
  checkPrompt(prompt, vocabulary);
  yield prompt;
  const generator = createGenerator(seed).stream("sample");
  const drawing = { prime: vocabulary.encode(prompt), generator, temperature, ...(topK === undefined ? {} : { topK }) };
  const drawn = sample(model, drawing);
  for (let index = 0; index < length; index++) yield vocabulary.decode([drawn.next().value as number]);
  drawn.return?.();
}
