import fc from "fast-check";
import { expect, it } from "vitest";

import { charVocabulary } from "../index.js";

it("numbers the characters by code point", () => {
  const vocabulary = charVocabulary("banana 🙂");
  expect(vocabulary.characters).toEqual([" ", "a", "b", "n", "🙂"]);
  expect(vocabulary.size).toBe(5);
  expect([...vocabulary.encode("nab🙂n")]).toEqual([3, 1, 2, 4, 3]);
  expect(vocabulary.has("🙂")).toBe(true);
  expect([vocabulary.has("z"), vocabulary.has(""), vocabulary.has("an"), vocabulary.has("\u{10ffff}")]).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

it("numbers what a reader takes for one character", () => {
  const family = "👨‍👩‍👧";
  const text = `e\u0301a🇩🇪${family}\r\nनि`;
  const vocabulary = charVocabulary(text, { unit: "grapheme" });
  expect(vocabulary.characters).toEqual(["\r\n", "a", "e\u0301", "नि", "🇩🇪", family]);
  expect([...vocabulary.encode(`${family}a`)]).toEqual([5, 1]);
  expect([vocabulary.size, vocabulary.unit, vocabulary.has("e"), vocabulary.has("e\u0301")]).toEqual([
    6,
    "grapheme",
    false,
    true,
  ]);
  expect(charVocabulary(text).size).toBe(13);
  expect(() => vocabulary.encode("ae")).toThrow('got "e" (U+0065) at position 1');
  expect(() => vocabulary.encode("🇩🇪🇫🇷")).toThrow('got "🇫🇷" (U+1F1EB U+1F1F7) at position 1');
  expect(() => vocabulary.decode([6])).toThrow("decode: ids must lie in 0..5, got 6");
  expect(() => charVocabulary({ characters: ["ab"] }, { unit: "grapheme" })).toThrow('one grapheme, got "ab"');
  expect(() => charVocabulary({ characters: ["a", "a"], unit: "grapheme" })).toThrow("must differ");
  expect(() => charVocabulary("", { unit: "grapheme" })).toThrow("at least one character");
  expect(() => charVocabulary("a", { unit: "byte" as "grapheme" })).toThrow('unit must be "codePoint" or "grapheme", got "byte"');
});

const anyText = fc.oneof(fc.string({ unit: "binary", minLength: 1 }), fc.string({ unit: "grapheme", minLength: 1 }));

it.each(["codePoint", "grapheme"] as const)("gives back any text it was made from, and after it was saved, by %s", (unit) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const vocabulary = charVocabulary(text, { unit });
      expect(vocabulary.decode(vocabulary.encode(text))).toBe(text);
      expect(vocabulary.characters.every((character) => vocabulary.has(character))).toBe(true);
      const { characters } = vocabulary;
      const again = charVocabulary(JSON.parse(JSON.stringify({ characters, unit })) as typeof vocabulary);
      expect(again.characters).toEqual(characters);
      expect(again.encode(text)).toEqual(vocabulary.encode(text));
    }),
    { numRuns: 30 },
  );
});

it("never cuts a grapheme more finely than a code point, and keeps its pieces in order", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const points = charVocabulary(text);
      const graphemes = charVocabulary(text, { unit: "grapheme" });
      const pieces = Array.from(graphemes.encode(text), (id) => graphemes.characters[id] as string);
      expect(pieces.flatMap((piece) => Array.from(points.encode(piece)))).toEqual(Array.from(points.encode(text)));
      expect(new Set(pieces).size).toBe(graphemes.size);
    }),
    { numRuns: 30 },
  );
});

it("names a character it does not know, by place and code", () => {
  const vocabulary = charVocabulary("abc");
  expect(() => vocabulary.encode("ab🙂")).toThrow(
    'encode: every character must be one of the 3 of the vocabulary, got "🙂" (U+1F642) at position 2; leave it out, replace it, or build the vocabulary from a text that has it',
  );
  expect(() => vocabulary.encode("\n")).toThrow(expect.objectContaining({ code: "unknown-character", name: "DataError" }));
  expect(() => vocabulary.decode([0, 3])).toThrow("decode: ids must lie in 0..2, got 3");
});

it("refuses what is no set of characters", () => {
  expect(() => charVocabulary("")).toThrow("at least one character");
  expect(() => charVocabulary({ characters: ["ab"] })).toThrow('one code point, got "ab"');
  expect(() => charVocabulary({ characters: ["a", "a"] })).toThrow("must differ");
});
