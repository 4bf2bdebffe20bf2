import { Tokenizer } from "@huggingface/tokenizers";

import { checkIterable } from "../checks/check-iterable.js";
import { checkText } from "../checks/check-text.js";
import { fail } from "../error.js";
import { readTokenizerFile, type TokenizerFile } from "./tokenizer-file.js";
import type { Vocabulary } from "./vocabulary.js";

/** The parts that special tokens play. */
export type SpecialPart = "padding" | "unknown" | "begin" | "end";

/** The tokens of a `tokenizer.json`, numbered as they are there. */
export interface SubwordVocabulary extends Vocabulary {
  /** The tokens by id as the file writes them, such as `##ing`, `Ġthe` or `▁rain`; undefined where an id is not used. */
  readonly tokens: readonly (string | undefined)[];
  /** The ids of the special tokens whose part is known: by the file, or by `config`. */
  readonly special: Readonly<Partial<Record<SpecialPart, number>>>;
  /**
   * The ids of a text. Special tokens written in it, such as `[MASK]`, are read as such.
   *
   * @param options - `addSpecialTokens`, default false: whether to put around the text what the file asks for, such as
   * `[CLS]` and `[SEP]`.
   * @throws DataError `unknown-character` where a piece has no id and the file names no token for it.
   */
  encode(text: string, options?: { readonly addSpecialTokens?: boolean }): Int32Array;
  /**
   * The text of ids; padding is left out. What was normalized away, such as case or double spaces, does not come back.
   *
   * @param options - `skipSpecialTokens`, default false: whether to leave out all other special tokens too.
   * @throws DataError `unknown-token` for an id that no token has.
   */
  decode(ids: Iterable<number>, options?: { readonly skipSpecialTokens?: boolean }): string;
}

/** What the file does not say. */
export interface SubwordVocabularyOptions {
  /**
   * The content of the `tokenizer_config.json` beside it, or the part `{ pad_token, bos_token, eos_token, … }`: which
   * special token pads, begins (`bos_token`, else `cls_token`), ends (`eos_token`, else `sep_token`) and is unknown.
   */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * Subwords as a `tokenizer.json` of Hugging Face describes them (BPE, WordPiece, Unigram), read by
 * `@huggingface/tokenizers`, which has to be installed. What cannot be read as its own library does is refused; the file's
 * `truncation` and `padding` are not applied, see `padSequences`.
 *
 * Sources: R. Sennrich, B. Haddow and A. Birch, "Neural machine translation of rare words with subword units", ACL 2016
 * (BPE); M. Schuster and K. Nakajima, "Japanese and Korean voice search", ICASSP 2012 (WordPiece); T. Kudo, "Subword
 * regularization", ACL 2018 (Unigram).
 *
 * @param source - the file as text, or parsed.
 * @throws DataError `format` naming the part of the file that is not as it must be; `vocabulary` where `config` names a
 * token that the file does not have.
 */
export function subwordVocabulary(source: string | object, { config = {} }: SubwordVocabularyOptions = {}): SubwordVocabulary {
  const file = readTokenizerFile(source);
  const tokenizer = load(file);
  const ids = idsByToken(file);
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of ids) tokens[id] = token;
  const special = specialParts(file, config, ids);
  const size = tokens.length;
  return {
    size,
    tokens: Array.from(tokens),
    special,
    encode(text, { addSpecialTokens = false } = {}) {
      checkText("encode", text);
      const encoded = tokenizer.encode(text, { add_special_tokens: addSpecialTokens });
      return Int32Array.from(encoded.ids, (id, index) => id ?? failUnknown(encoded.tokens[index]));
    },
    decode(sequence, { skipSpecialTokens = false } = {}) {
      checkIterable("decode", "ids", sequence);
      const known: number[] = [];
      for (const id of sequence) {
        if (tokens[id] === undefined)
          fail("unknown-token", `decode: ids must be those of the ${ids.size} tokens in 0..${size - 1}, got ${id}`);
        if (id !== special.padding) known.push(id);
      }
      if (known.length === 0) return "";
      const clean = config.clean_up_tokenization_spaces === true;
      return tokenizer.decode(known, { skip_special_tokens: skipSpecialTokens, clean_up_tokenization_spaces: clean });
    },
    has: (token) => ids.has(token),
  };
}

function load(file: TokenizerFile): Tokenizer {
  try {
    return new Tokenizer(file, {});
  } catch (error) {
    return fail(
      "format",
      `subwordVocabulary: tokenizer.json: @huggingface/tokenizers must be able to read it, got “${(error as Error).message}”`,
    );
  }
}

function idsByToken({ model, added_tokens: added }: TokenizerFile): Map<string, number> {
  const listed = Array.isArray(model.vocab)
    ? (model.vocab as readonly (readonly [string, number])[]).map(([piece], id) => [piece, id] as const)
    : Object.entries(model.vocab as Readonly<Record<string, number>>);
  return new Map([...listed, ...added.map(({ content, id }) => [content, id] as const)]);
}

function specialParts(
  { model, padding }: TokenizerFile,
  config: Readonly<Record<string, unknown>>,
  ids: ReadonlyMap<string, number>,
): Partial<Record<SpecialPart, number>> {
  const byFile = {
    padding: (padding as { pad_id?: unknown } | null)?.pad_id,
    unknown: model.unk_id ?? ids.get(model.unk_token ?? ""),
  };
  const named = {
    padding: config.pad_token,
    unknown: config.unk_token,
    begin: config.bos_token ?? config.cls_token,
    end: config.eos_token ?? config.sep_token,
  };
  const parts: Partial<Record<SpecialPart, number>> = {};
  for (const [part, id] of Object.entries(byFile)) if (typeof id === "number") parts[part as SpecialPart] = id;
  for (const [part, value] of Object.entries(named)) {
    if (value === undefined || value === null) continue;
    // A token stands there as text, or as an object with its text and how it is stripped.
    const token = typeof value === "object" ? (value as { content?: unknown }).content : value;
    const id = typeof token === "string" ? ids.get(token) : undefined;
    parts[part as SpecialPart] =
      id ??
      fail(
        "vocabulary",
        `subwordVocabulary: the ${part} token of config must be in the vocabulary, got ${JSON.stringify(token)}`,
      );
  }
  return parts;
}

function failUnknown(piece: string | undefined): never {
  return fail(
    "unknown-character",
    `encode: every piece must have an id, as the file names no unknown token, got ${JSON.stringify(piece)}; leave it out of the text`,
  );
}
