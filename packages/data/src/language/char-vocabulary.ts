import { checkIterable } from "../checks/check-iterable.js";
import { checkText } from "../checks/check-text.js";
import { checkWord } from "../checks/check-word.js";
import { showValue } from "../checks/show-value.js";
import { fail } from "../error.js";
import { graphemeVocabulary } from "./grapheme-vocabulary.js";
import { failUnknownCharacter } from "./unknown-character.js";
import type { Vocabulary } from "./vocabulary.js";

/** What counts as one character: a Unicode code point, or what a reader takes for one (an extended grapheme cluster). */
export type CharUnit = "codePoint" | "grapheme";

/** A fixed set of characters, numbered 0, 1, … in code point order. */
export interface CharVocabulary extends Vocabulary {
  readonly unit: CharUnit;
  /** The characters by id, sorted by code point: with `unit`, all that has to be saved. */
  readonly characters: readonly string[];
  /**
   * The id of each character of a text.
   *
   * @throws DataError `unknown-character` naming the first character that is not in the vocabulary.
   */
  encode(text: string): Int32Array;
}

/** A saved vocabulary; without `unit` its characters are code points. */
export interface SavedCharVocabulary {
  readonly characters: readonly string[];
  readonly unit?: CharUnit;
}

/**
 * The characters of a text, or those saved from an earlier vocabulary in any order.
 *
 * With `unit: "codePoint"` (default) a letter with a combining accent is two characters, a flag or a family emoji several;
 * `text.normalize("NFC")` joins most letters with their accents first. With `unit: "grapheme"` each of them is one, and so
 * is a line end of `\r\n`: `Intl.Segmenter` cuts the text by the rules of Unicode, in the version that the platform knows.
 * Both give back exactly the text that was encoded.
 *
 * Source of the rules: Unicode Standard Annex 29, "Unicode text segmentation", extended grapheme clusters.
 *
 * @param options - `unit`, for a saved vocabulary that of when it was saved.
 * @throws DataError `vocabulary` without a text or characters, or where a saved character is not one of the unit or comes twice.
 * @example
 * charVocabulary("banana").encode("nab"); // Int32Array [2, 0, 1]
 */
export function charVocabulary(source: string | SavedCharVocabulary, options: { readonly unit?: CharUnit } = {}): CharVocabulary {
  if (typeof source !== "string") checkSaved(source);
  const { unit = typeof source === "string" ? "codePoint" : (source.unit ?? "codePoint") } = options;
  checkWord("charVocabulary", "unit", unit, ["codePoint", "grapheme"]);
  if (unit === "grapheme") return graphemeVocabulary(source);
  const points = typeof source === "string" ? codePointsOf(source) : savedCodePoints(source.characters);
  if (points.length === 0) fail("vocabulary", "charVocabulary: needs at least one character, got an empty text");
  // One slot per code point up to the largest, 0 where there is no character, else id + 1.
  const slots = new Int32Array((points.at(-1) as number) + 1);
  points.forEach((point, id) => (slots[point] = id + 1));
  const characters = points.map((point) => String.fromCodePoint(point));
  return {
    size: points.length,
    unit,
    characters,
    encode(text) {
      checkText("encode", text);
      const ids = new Int32Array(text.length);
      let count = 0;
      for (let unit = 0; unit < text.length;) {
        const point = text.codePointAt(unit) as number;
        const slot = slots[point] ?? 0;
        if (slot === 0) failUnknownCharacter(String.fromCodePoint(point), count, points.length);
        ids[count++] = slot - 1;
        unit += point > 0xffff ? 2 : 1;
      }
      return count === text.length ? ids : ids.slice(0, count);
    },
    decode(ids) {
      checkIterable("decode", "ids", ids);
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

function checkSaved(source: unknown): void {
  const characters = (source as Partial<SavedCharVocabulary> | undefined)?.characters;
  if (!Array.isArray(characters) || !characters.every((character) => typeof character === "string")) {
    fail("vocabulary", `charVocabulary: needs a text, or { characters } as texts, got ${showValue(characters ?? source)}`);
  }
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
      return fail(
        "vocabulary",
        `charVocabulary: each saved character must be one code point, got ${JSON.stringify(character)}; pass unit: "grapheme" if it was saved with that`,
      );
    }
    return point;
  });
  const sorted = [...new Set(points)].sort((a, b) => a - b);
  if (sorted.length !== points.length) fail("vocabulary", "charVocabulary: saved characters must differ, got one twice");
  return sorted;
}
