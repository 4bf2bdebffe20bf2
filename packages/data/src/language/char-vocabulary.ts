import { fail } from "../error.js";

/** A fixed set of characters, each a Unicode code point, numbered 0, 1, … in code point order. */
export interface CharVocabulary {
  /** Number of characters. */
  readonly size: number;
  /** The characters by id, sorted by code point: all that has to be saved. */
  readonly characters: readonly string[];
  /**
   * The id of each code point of a text.
   *
   * @throws DataError `unknown-character` naming the first character that is not in the vocabulary.
   */
  encode(text: string): Int32Array;
  /** The text of a sequence of ids. @throws DataError `unknown-token` for an id outside 0..size-1. */
  decode(ids: Iterable<number>): string;
  /** Whether a character has an id. */
  has(character: string): boolean;
}

/**
 * The characters of a text, or those saved from an earlier vocabulary in any order. A character is one Unicode code
 * point: an emoji is one, a letter with a combining accent is two (`text.normalize("NFC")` joins most of those first).
 *
 * @throws DataError `vocabulary` without characters, or where a saved character is not one code point or comes twice.
 * @example
 * charVocabulary("banana").encode("nab"); // Int32Array [2, 0, 1]
 */
export function charVocabulary(source: string | { readonly characters: readonly string[] }): CharVocabulary {
  const points = typeof source === "string" ? codePointsOf(source) : savedCodePoints(source.characters);
  if (points.length === 0) fail("vocabulary", "charVocabulary: needs at least one character, got an empty text");
  // One slot per code point up to the largest, 0 where there is no character, else id + 1.
  const slots = new Int32Array((points.at(-1) as number) + 1);
  points.forEach((point, id) => (slots[point] = id + 1));
  const characters = points.map((point) => String.fromCodePoint(point));
  return {
    size: points.length,
    characters,
    encode(text) {
      const ids = new Int32Array(text.length);
      let count = 0;
      for (let unit = 0; unit < text.length;) {
        const point = text.codePointAt(unit) as number;
        const slot = slots[point] ?? 0;
        if (slot === 0) failUnknown(point, count, points.length);
        ids[count++] = slot - 1;
        unit += point > 0xffff ? 2 : 1;
      }
      return count === text.length ? ids : ids.slice(0, count);
    },
    decode(ids) {
      const pieces: string[] = [];
      for (const id of ids) {
        pieces.push(characters[id] ?? fail("unknown-token", `decode: ids must lie in 0..${points.length - 1}, got ${id}`));
      }
      return pieces.join("");
    },
    has(character) {
      const point = character.codePointAt(0);
      return point !== undefined && String.fromCodePoint(point) === character && (slots[point] ?? 0) !== 0;
    },
  };
}

function codePointsOf(text: string): number[] {
  const seen = new Set<number>();
  for (let unit = 0; unit < text.length;) {
    const point = text.codePointAt(unit) as number;
    seen.add(point);
    unit += point > 0xffff ? 2 : 1;
  }
  return [...seen].sort((a, b) => a - b);
}

function savedCodePoints(characters: readonly string[]): number[] {
  const points = characters.map((character) => {
    const point = character.codePointAt(0);
    if (point === undefined || String.fromCodePoint(point) !== character) {
      return fail("vocabulary", `charVocabulary: each saved character must be one code point, got ${JSON.stringify(character)}`);
    }
    return point;
  });
  const sorted = [...new Set(points)].sort((a, b) => a - b);
  if (sorted.length !== points.length) fail("vocabulary", "charVocabulary: saved characters must differ, got one twice");
  return sorted;
}

function failUnknown(point: number, position: number, size: number): never {
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  fail(
    "unknown-character",
    `encode: every character must be one of the ${size} of the vocabulary, got ${JSON.stringify(String.fromCodePoint(point))} (${code}) at position ${position}; leave it out, replace it, or build the vocabulary from a text that has it`,
  );
}
