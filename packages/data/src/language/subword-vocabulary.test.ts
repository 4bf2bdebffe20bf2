import fc from "fast-check";
import { describe, expect, it } from "vitest";

import bpe from "../../fixtures/tokenizers/hand-bpe.json" with { type: "json" };
import bpeExpected from "../../fixtures/tokenizers/hand-bpe.expected.json" with { type: "json" };
import wordPiece from "../../fixtures/tokenizers/wordpiece.json" with { type: "json" };
import wordPieceExpected from "../../fixtures/tokenizers/wordpiece.expected.json" with { type: "json" };
import byteLevel from "../../fixtures/tokenizers/byte-level-bpe.json" with { type: "json" };
import byteLevelExpected from "../../fixtures/tokenizers/byte-level-bpe.expected.json" with { type: "json" };
import byteFallback from "../../fixtures/tokenizers/byte-fallback-bpe.json" with { type: "json" };
import byteFallbackExpected from "../../fixtures/tokenizers/byte-fallback-bpe.expected.json" with { type: "json" };
import unigram from "../../fixtures/tokenizers/unigram.json" with { type: "json" };
import unigramExpected from "../../fixtures/tokenizers/unigram.expected.json" with { type: "json" };
import type { Vocabulary } from "../index.js";
import { subwordVocabulary } from "../subwords.js";

// Ids and texts of the Rust library, made by tooling/reference/data/make_tokenizer_fixtures.py.
describe.each([
  ["hand-bpe", bpe, bpeExpected],
  ["wordpiece", wordPiece, wordPieceExpected],
  ["byte-level-bpe", byteLevel, byteLevelExpected],
  ["byte-fallback-bpe", byteFallback, byteFallbackExpected],
  ["unigram", unigram, unigramExpected],
] as const)("%s", (_, file, expected) => {
  const vocabulary = subwordVocabulary(file);

  it("has the tokens of the file", () => {
    expect(vocabulary.size).toBe(expected.size);
    for (const [token, id] of Object.entries(expected.special)) {
      expect([vocabulary.tokens[id], vocabulary.has(token)]).toEqual([token, true]);
    }
    expect(subwordVocabulary(JSON.stringify(file)).tokens).toEqual(vocabulary.tokens);
  });

  it.each(expected.texts)("reads $text as its own library does", ({ text, ids, framed, decoded, skipped }) => {
    expect([...vocabulary.encode(text)]).toEqual(ids);
    expect([...vocabulary.encode(text, { addSpecialTokens: true })]).toEqual(framed);
    expect(vocabulary.decode(framed)).toBe(decoded);
    expect(vocabulary.decode(framed, { skipSpecialTokens: true })).toBe(skipped);
  });
});

it("gives any text back from bytes", () => {
  const vocabulary: Vocabulary = subwordVocabulary(byteLevel);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (sentence) => {
      const ids = vocabulary.encode(sentence);
      expect(vocabulary.decode(ids)).toBe(sentence);
      expect(ids.every((id) => id >= 0 && id < vocabulary.size)).toBe(true);
    }),
  );
});

describe("special tokens", () => {
  it("play the parts that the file and its config name", () => {
    expect(subwordVocabulary(wordPiece).special).toEqual({ unknown: 1 });
    const config = { pad_token: "[PAD]", cls_token: { content: "[CLS]", lstrip: false }, sep_token: "[SEP]", bos_token: null };
    const vocabulary = subwordVocabulary(wordPiece, { config });
    expect(vocabulary.special).toEqual({ padding: 0, unknown: 1, begin: 2, end: 3 });
    expect(vocabulary.decode([2, ...vocabulary.encode("the rain"), 3, 0, 0])).toBe("[CLS] the rain [SEP]");
    expect(vocabulary.decode([0, 0])).toBe("");
    const padded = { ...unigram, padding: { pad_id: 0, pad_token: "<pad>" } };
    expect(subwordVocabulary(padded).special).toEqual({ padding: 0, unknown: 1 });
    expect(() => subwordVocabulary(unigram, { config: { pad_token: "[PAD]" } })).toThrow(
      'the padding token of config must be in the vocabulary, got "[PAD]"',
    );
  });

  it("may lie behind the others, ids left out between", () => {
    const added = [{ id: 20, content: "<sep>", special: true }];
    const vocabulary = subwordVocabulary({ ...bpe, added_tokens: added });
    expect([vocabulary.size, vocabulary.tokens[20], vocabulary.tokens[15]]).toEqual([21, "<sep>", undefined]);
    expect([...vocabulary.encode("low<sep>low")]).toEqual([7, 20, 7]);
    expect(() => vocabulary.decode([7, 15])).toThrow("decode: ids must be those of the 12 tokens in 0..20, got 15");
  });
});

it("has no id for a letter where the file names no unknown token", () => {
  const vocabulary = subwordVocabulary({ ...unigram, model: { ...unigram.model, unk_id: null } });
  expect(() => vocabulary.encode("the 中")).toThrow(expect.objectContaining({ code: "unknown-character" }));
});

describe("a malformed file", () => {
  const { model } = bpe;
  const withModel = (changes: object): object => ({ ...bpe, model: { ...model, ...changes } });
  const pieces = { type: "WordPiece", vocab: { "[UNK]": 0 }, unk_token: "[UNK]", continuing_subword_prefix: "##" };
  const likely = { type: "Unigram", unk_id: 0, vocab: [["<unk>", 0]] };

  it.each<[string, string | object, RegExp]>([
    ["no JSON", '{"model":', /it must be JSON \(.*got "\{\\"model\\":"/],
    ["an array", [], /it must be an object, got \[\]/],
    ["no model", {}, /model must be an object, got nothing/],
    ["another model", withModel({ type: "WordLevel" }), /model\.type must be BPE, WordPiece or Unigram, got "WordLevel"/],
    ["no tokens", withModel({ vocab: {} }), /model\.vocab must map each token to its id/],
    ["ids that are none", withModel({ vocab: { ...model.vocab, x: 1.5 } }), /model\.vocab\["x"\] must be a whole number below/],
    [
      "ids too large",
      withModel({ vocab: { ...model.vocab, x: 2 ** 40 } }),
      /must be a whole number below 16777216, got 1099511627776/,
    ],
    ["equal ids", withModel({ vocab: { ...model.vocab, x: 7 } }), /must differ, but "low" has that of "x", got 7/],
    ["no merges", withModel({ merges: undefined }), /model\.merges must be a list of pairs, got nothing/],
    ["a merge of one", withModel({ merges: ["lo"] }), /model\.merges\[0\] must be a pair, got "lo"/],
    ["a merge into nothing", withModel({ merges: [["w", "e"]] }), /model\.merges\[0\] must join tokens .* got "we"/],
    [
      "an unknown token that is not there",
      withModel({ unk_token: "[UNK]" }),
      /model\.unk_token must be in model\.vocab, got "\[UNK\]"/,
    ],
    ["WordPiece without it", { model: { ...pieces, unk_token: undefined } }, /model\.unk_token must be in model\.vocab/],
    [
      "no prefix",
      { model: { ...pieces, continuing_subword_prefix: null } },
      /continuing_subword_prefix must be a text such as ##/,
    ],
    [
      "scores that are none",
      {
        model: {
          ...likely,
          vocab: [
            ["a", 0],
            ["b", "c"],
          ],
        },
      },
      /\[piece, score\], but entry 1 is none, got \["b","c"\]/,
    ],
    ["no pieces", { model: { ...likely, vocab: [] } }, /must be a list of \[piece, score\], got \[\]/],
    ["an unknown id outside", { model: { ...likely, unk_id: 1 } }, /model\.unk_id must be null or lie in 0\.\.0, got 1/],
    ["added tokens that are none", { ...bpe, added_tokens: {} }, /added_tokens must be a list/],
    ["an added token without text", { ...bpe, added_tokens: [{ id: 3 }] }, /added_tokens\[0\] must have a content/],
    ["an added token without id", { ...bpe, added_tokens: [{ content: "x" }] }, /added_tokens\[0\]\.id must be a whole number/],
    ["a section that is none", { ...bpe, decoder: "BPE" }, /decoder must be an object or null, got "BPE"/],
    [
      "a part nobody knows",
      { ...bpe, normalizer: { type: "Rot13" } },
      /must be able to read it, got “Unknown Normalizer type: Rot13”/,
    ],
  ])("with %s says what is wrong", (_, source, pattern) => {
    expect(() => subwordVocabulary(source)).toThrow(
      expect.objectContaining({ code: "format", message: expect.stringMatching(pattern) as string }),
    );
  });

  it.each<[string, object]>([
    [
      "Split merged with the next",
      { ...bpe, pre_tokenizer: { type: "Split", pattern: { String: "-" }, behavior: "MergedWithNext" } },
    ],
    [
      "isolated punctuation",
      { ...bpe, pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Punctuation", behavior: "Isolated" }] } },
    ],
    ["whole words among added tokens", { ...bpe, added_tokens: [{ id: 11, content: "x", single_word: true }] }],
    ["a prefix in BPE", withModel({ continuing_subword_prefix: "##" })],
    ["dropout", withModel({ dropout: 0.1 })],
    ["bytes of Unigram", { model: { ...likely, byte_fallback: true } }],
  ])("is one whose ids would be other ones here: %s", (_, source) => {
    expect(() => subwordVocabulary(source)).toThrow("cannot be read here without other ids than its own library gives");
  });
});
