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

it("gives back any text it was made from, and after it was saved", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
      const vocabulary = charVocabulary(text);
      expect(vocabulary.decode(vocabulary.encode(text))).toBe(text);
      const again = charVocabulary({ characters: JSON.parse(JSON.stringify(vocabulary.characters)) as string[] });
      expect(again.characters).toEqual(vocabulary.characters);
      expect(again.encode(text)).toEqual(vocabulary.encode(text));
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
