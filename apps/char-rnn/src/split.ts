import { charVocabulary, splitByPosition, type CharVocabulary } from "@unroll/data";

import type { Corpus } from "./corpus.js";
import { UserError } from "./error.js";

/** The first 90 percent of a text, the next 5, the last 5, as ids. */
export interface SplitText {
  readonly vocabulary: CharVocabulary;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** @throws UserError when the text is too short to learn from with these sizes. */
export function splitText(
  { title, text }: Corpus,
  { batch, length }: { readonly batch: number; readonly length: number },
): SplitText {
  const needed = Math.max(2000, Math.ceil((batch * length + 1) / 0.9) + 1);
  if (text.length < needed) {
    throw new UserError(
      `${title} has ${text.length.toLocaleString("en-US")} characters; ${batch} rows of ${length} need at least ${needed.toLocaleString("en-US")}. ` +
        `Give a longer text, or a smaller --batch or --length.`,
    );
  }
  const vocabulary = charVocabulary(text);
  const [train, validation, test] = splitByPosition(vocabulary.encode(text), [0.9, 0.05, 0.05]) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  return { vocabulary, train, validation, test };
}
