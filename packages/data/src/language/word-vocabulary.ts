import { checkIterable } from "../checks/check-iterable.js";
import { checkText } from "../checks/check-text.js";
import { showValue } from "../checks/show-value.js";
import { fail } from "../error.js";
import type { Vocabulary } from "./vocabulary.js";

/** The first ids of every word vocabulary. */
export const specialTokens = { padding: 0, unknown: 1, begin: 2, end: 3 } as const;

const specialWords = ["<pad>", "<unk>", "<s>", "</s>"];

/** Words numbered by how often they occur, behind the four special tokens. */
export interface WordVocabulary extends Vocabulary {
  /** The words by id, special ones included: all that has to be saved. */
  readonly words: readonly string[];
  /** Ids of the words of a text, `specialTokens.unknown` for those not in the vocabulary. */
  encode(text: string): Int32Array;
  /** The words of ids, joined by spaces; padding is left out. @throws DataError `unknown-token` for an id outside 0..size-1. */
  decode(ids: Iterable<number>): string;
}

/** Which words get an id. */
export interface WordVocabularyOptions {
  /** Words that occur less often are unknown, default 1. */
  readonly minimumCount?: number;
  /** Most ids in all, special tokens included; the most frequent words win. */
  readonly maximumSize?: number;
}

/**
 * The words of a text, or those saved from an earlier vocabulary.
 *
 * @throws DataError `vocabulary` without words, or where saved words repeat or do not begin with the special tokens.
 * @example
 * wordVocabulary("the cat saw the dog").encode("the dog barked"); // Int32Array [4, 6, 1]
 */
export function wordVocabulary(
  source: string | { readonly words: readonly string[] },
  { minimumCount = 1, maximumSize = Infinity }: WordVocabularyOptions = {},
): WordVocabulary {
  const saved: unknown = typeof source === "string" ? undefined : (source as Partial<typeof source> | undefined)?.words;
  if (typeof source !== "string" && !Array.isArray(saved))
    fail("vocabulary", `wordVocabulary: needs a text, or { words } as a list, got ${showValue(source)}`);
  const words = typeof source === "string" ? frequentWords(source, minimumCount, maximumSize) : source.words;
  if (specialWords.some((word, id) => words[id] !== word))
    fail("vocabulary", `wordVocabulary: saved words must begin with ${specialWords.join(", ")}`);
  const ids = new Map(words.map((word, id) => [word, id]));
  if (ids.size !== words.length) fail("vocabulary", "wordVocabulary: saved words must differ, got one twice");
  if (words.length === specialWords.length)
    fail("vocabulary", "wordVocabulary: needs at least one word, got none; give more text or a smaller minimumCount");
  return {
    size: words.length,
    words,
    encode(text) {
      checkText("encode", text);
      return Int32Array.from(splitWords(text), (word) => ids.get(word) ?? specialTokens.unknown);
    },
    decode(tokens) {
      checkIterable("decode", "ids", tokens);
      const named = Array.from(
        tokens,
        (id) => words[id] ?? fail("unknown-token", `decode: ids must lie in 0..${words.length - 1}, got ${id}`),
      );
      return named.filter((word) => word !== specialWords[specialTokens.padding]).join(" ");
    },
    has: (word) => (ids.get(word) ?? 0) >= specialWords.length,
  };
}

/**
 * The words of a text: runs of letters with marks, digits, apostrophes and hyphens inside; numbers; and every other
 * character that is no space on its own. Case is kept; lower the text first if it does not matter.
 */
export function splitWords(text: string): string[] {
  return text.match(/\p{L}[\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{M}\p{N}]+)*|\p{N}+(?:[.,]\p{N}+)*|[^\s\p{L}\p{N}]/gu) ?? [];
}

function frequentWords(text: string, minimumCount: number, maximumSize: number): string[] {
  const counts = new Map<string, number>();
  for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const kept = [...counts].filter(([, count]) => count >= minimumCount);
  kept.sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
  return [...specialWords, ...kept.map(([word]) => word)].slice(0, Math.max(specialWords.length, maximumSize));
}
