import { UserError } from "@unroll/command-line";
import { charVocabulary, splitByPosition, type CharVocabulary } from "@unroll/data";

import type { Corpus } from "./corpus.js";

/** The first 90 percent of a text, the next 5, the last 5, as ids. */
export interface SplitText {
  readonly vocabulary: CharVocabulary;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

// Below, validation and test text tell nothing.
const least = 2000;

/** @throws UserError when the text is too short to learn from with these sizes. */
export function splitText(
  { title, text }: Corpus,
  { batch, length }: { readonly batch: number; readonly length: number },
): SplitText {
  if (text === "") throw new UserError(`${title} is empty; give a text to learn.`);
  const vocabulary = charVocabulary(text);
  const ids = vocabulary.encode(text);
  if (ids.length < least) {
    throw new UserError(
      `${title} has ${ids.length.toLocaleString("en-US")} characters; to learn and to test takes at least ${least.toLocaleString("en-US")}. Give a longer text.`,
    );
  }
  const needed = Math.ceil((batch * length + 1) / 0.9) + 1;
  if (ids.length < needed) {
    throw new UserError(
      `${title} has ${ids.length.toLocaleString("en-US")} characters; ${batch.toLocaleString("en-US")} rows of ${length.toLocaleString("en-US")} need at least ${needed.toLocaleString("en-US")}. ` +
        `Give a longer text, or a smaller --batch or --length.`,
    );
  }
  const [train, validation, test] = splitByPosition(ids, [0.9, 0.05, 0.05]) as [Int32Array, Int32Array, Int32Array];
  return { vocabulary, train, validation, test };
}
