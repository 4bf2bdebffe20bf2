import { sample } from "@unroll/bptt";
import { createGenerator } from "@unroll/tensor";

import { UserError } from "./error.js";
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
 * @throws UserError for a character the model never saw.
 */
export function* writeText(
  { model, vocabulary }: Pick<ModelFile, "model" | "vocabulary">,
  { prompt, length, temperature, topK, seed }: WritingOptions,
): Generator<string> {
  const unknown = [...prompt].find((character) => !vocabulary.has(character));
  if (prompt === "") throw new UserError("The prompt is empty; give at least one character.");
  if (unknown !== undefined) {
    throw new UserError(
      `The prompt has ${JSON.stringify(unknown)}, which the model never saw. It knows ${vocabulary.size} characters: ${JSON.stringify(vocabulary.characters.join(""))}.`,
    );
  }
  yield prompt;
  const generator = createGenerator(seed).stream("sample");
  const drawing = { prime: vocabulary.encode(prompt), generator, temperature, ...(topK === undefined ? {} : { topK }) };
  const drawn = sample(model, drawing);
  for (let index = 0; index < length; index++) yield vocabulary.decode([drawn.next().value as number]);
  drawn.return?.();
}
