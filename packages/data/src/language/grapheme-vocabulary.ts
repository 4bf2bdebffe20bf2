import { checkIterable } from "../checks/check-iterable.js";
import { checkText } from "../checks/check-text.js";
import { fail } from "../error.js";
import type { CharVocabulary, SavedCharVocabulary } from "./char-vocabulary.js";
import { failUnknownCharacter } from "./unknown-character.js";

/** The vocabulary that `charVocabulary` makes with `unit: "grapheme"`. */
export function graphemeVocabulary(source: string | SavedCharVocabulary): CharVocabulary {
  const seen = new Set(typeof source === "string" ? splitGraphemes(source) : savedGraphemes(source.characters));
  const characters = [...seen].sort(compareCodePoints);
  if (characters.length === 0) fail("vocabulary", "charVocabulary: needs at least one character, got an empty text");
  const ids = new Map(characters.map((character, id) => [character, id]));
  return {
    size: characters.length,
    unit: "grapheme",
    characters,
    encode(text) {
      checkText("encode", text);
      return Int32Array.from(
        splitGraphemes(text).map(
          (character, position) => ids.get(character) ?? failUnknownCharacter(character, position, characters.length),
        ),
      );
    },
    decode(tokens) {
      checkIterable("decode", "ids", tokens);
      return Array.from(
        tokens,
        (id) => characters[id] ?? fail("unknown-token", `decode: ids must lie in 0..${characters.length - 1}, got ${id}`),
      ).join("");
    },
    has: (character) => ids.has(character),
  };
}

function splitGraphemes(text: string): string[] {
  const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function savedGraphemes(characters: readonly string[]): readonly string[] {
  const bad = characters.find((character) => splitGraphemes(character).length !== 1);
  if (bad !== undefined)
    fail("vocabulary", `charVocabulary: each saved character must be one grapheme, got ${JSON.stringify(bad)}`);
  if (new Set(characters).size !== characters.length)
    fail("vocabulary", "charVocabulary: saved characters must differ, got one twice");
  return characters;
}

// As UTF-16 sorts, but with what lies beyond U+FFFF behind all else.
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const order = (left[at]?.codePointAt(0) as number) - (right[at]?.codePointAt(0) as number);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
