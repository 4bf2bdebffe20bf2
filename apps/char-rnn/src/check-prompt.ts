import { UserError } from "@unroll/command-line";
import type { CharVocabulary } from "@unroll/data";

/** @throws UserError for an empty prompt, and for a character the model does not know. */
export function checkPrompt(prompt: string, vocabulary: CharVocabulary): void {
  if (prompt === "") throw new UserError("The prompt is empty; give at least one character.");
  const unknown = [...prompt].find((character) => !vocabulary.has(character));
  if (unknown !== undefined) {
    throw new UserError(
      `The prompt has ${JSON.stringify(unknown)}, which the model never saw. It knows ${vocabulary.size} characters: ${JSON.stringify(vocabulary.characters.join(""))}.`,
    );
  }
}
