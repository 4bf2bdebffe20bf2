import { fail } from "../error.js";

/** The parts of a `tokenizer.json` that are read here; all else is handed on as it is. */
export interface TokenizerFile {
  readonly model: {
    readonly type: "BPE" | "WordPiece" | "Unigram";
    readonly vocab: Readonly<Record<string, number>> | readonly (readonly [string, number])[];
    readonly unk_token?: string | null;
    readonly unk_id?: number | null;
  };
  readonly added_tokens: readonly { readonly id: number; readonly content: string; readonly special?: boolean }[];
  readonly padding: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

// More ids than any tokenizer has, and few enough that a table of them fits the memory.
const mostIds = 2 ** 24;

const sections = ["normalizer", "pre_tokenizer", "post_processor", "decoder", "truncation", "padding"] as const;

/**
 * Checks a `tokenizer.json`, as text or already parsed, and adds the optional parts it leaves out.
 *
 * @throws DataError `format` naming the part that is not as it must be.
 */
export function readTokenizerFile(source: unknown): TokenizerFile {
  const file = typeof source === "string" ? parse(source) : source;
  if (!isFields(file)) refuse("it must be an object", file);
  for (const name of sections) {
    if (file[name] !== undefined && file[name] !== null && !isFields(file[name]))
      refuse(`${name} must be an object or null`, file[name]);
  }
  const { model, added_tokens: added = [] } = file;
  if (!isFields(model)) refuse("model must be an object", model);
  const ids = readVocabulary(model);
  if (model.type === "BPE") checkMerges(model, ids);
  else if (model.type === "WordPiece") checkWordPiece(model, ids);
  else checkUnigram(model, ids);
  checkAddedTokens(added);
  checkReadAlike(file, model);
  return {
    ...Object.fromEntries(sections.map((name) => [name, null])),
    ...file,
    added_tokens: added,
  } as unknown as TokenizerFile;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`it must be JSON (${(error as Error).message})`, text.slice(0, 20));
  }
}

function readVocabulary({ type, vocab }: Fields): Map<unknown, number> {
  if (type !== "BPE" && type !== "WordPiece" && type !== "Unigram") refuse("model.type must be BPE, WordPiece or Unigram", type);
  if (type === "Unigram") {
    if (!Array.isArray(vocab) || vocab.length === 0) refuse("model.vocab must be a list of [piece, score]", vocab);
    const pieces = vocab as readonly unknown[];
    const bad = pieces.findIndex(
      (entry) => !(Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string" && Number.isFinite(entry[1])),
    );
    if (bad >= 0) refuse(`model.vocab must be a list of [piece, score], but entry ${bad} is none`, pieces[bad]);
    return new Map(pieces.map((entry, id) => [(entry as [string, number])[0], id]));
  }
  if (!isFields(vocab) || Object.keys(vocab).length === 0) refuse("model.vocab must map each token to its id", vocab);
  const taken = new Map<unknown, string>();
  for (const [token, id] of Object.entries(vocab)) {
    checkId(`model.vocab[${JSON.stringify(token)}]`, id);
    const other = taken.get(id);
    if (other !== undefined)
      refuse(`the ids of model.vocab must differ, but ${JSON.stringify(other)} has that of ${JSON.stringify(token)}`, id);
    taken.set(id, token);
  }
  return new Map(Object.entries(vocab as Readonly<Record<string, number>>));
}

function checkMerges({ merges, unk_token: unknown, continuing_subword_prefix: prefix }: Fields, ids: Map<unknown, number>): void {
  if (!Array.isArray(merges)) refuse("model.merges must be a list of pairs", merges);
  (merges as readonly unknown[]).forEach((merge, rank) => {
    const pair: readonly unknown[] = typeof merge === "string" ? merge.split(" ") : Array.isArray(merge) ? merge : [];
    const [left, right] = pair;
    if (pair.length !== 2 || typeof left !== "string" || typeof right !== "string")
      refuse(`model.merges[${rank}] must be a pair`, merge);
    const absent = [left, right, left + right].find((token) => !ids.has(token));
    if (absent !== undefined) refuse(`model.merges[${rank}] must join tokens of model.vocab into one of them`, absent);
  });
  if (unknown !== null && unknown !== undefined && !ids.has(unknown)) refuse("model.unk_token must be in model.vocab", unknown);
  if (typeof prefix === "string" && prefix !== "") refuseUnsupported("a continuing_subword_prefix of BPE", prefix);
}

function checkWordPiece({ unk_token: unknown, continuing_subword_prefix: prefix }: Fields, ids: Map<unknown, number>): void {
  if (!ids.has(unknown)) refuse("model.unk_token must be in model.vocab", unknown);
  if (typeof prefix !== "string") refuse("model.continuing_subword_prefix must be a text such as ##", prefix);
}

function checkUnigram({ unk_id: unknown, byte_fallback: fallback }: Fields, ids: Map<unknown, number>): void {
  const known =
    unknown === null ||
    unknown === undefined ||
    (Number.isInteger(unknown) && Number(unknown) >= 0 && Number(unknown) < ids.size);
  if (!known) refuse(`model.unk_id must be null or lie in 0..${ids.size - 1}`, unknown);
  if (fallback === true) refuseUnsupported("byte_fallback of Unigram", fallback);
}

function checkAddedTokens(added: unknown): void {
  if (!Array.isArray(added)) refuse("added_tokens must be a list", added);
  (added as readonly unknown[]).forEach((token, index) => {
    if (!isFields(token) || typeof token.content !== "string" || token.content === "")
      refuse(`added_tokens[${index}] must have a content`, token);
    checkId(`added_tokens[${index}].id`, token.id);
    if (token.single_word === true) refuseUnsupported("single_word of an added token", token.content);
  });
}

// What @huggingface/tokenizers 0.2 reads, but otherwise than the library that wrote the file: its ids would be wrong.
function checkReadAlike(file: Fields, model: Fields): void {
  for (const step of stepsOf(file.pre_tokenizer)) {
    const { type, behavior, invert } = step;
    if (type === "Split" && behavior !== "Removed" && !(behavior === "Isolated" && invert !== true))
      refuseUnsupported("this behavior of the pre-tokenizer Split", behavior);
    if (type === "Punctuation" && behavior !== "Contiguous")
      refuseUnsupported("this behavior of the pre-tokenizer Punctuation", behavior);
  }
  if (typeof model.dropout === "number" && model.dropout > 0) refuseUnsupported("dropout of BPE", model.dropout);
}

function stepsOf(section: unknown): Fields[] {
  if (!isFields(section)) return [];
  return Array.isArray(section.pretokenizers) ? section.pretokenizers.flatMap(stepsOf) : [section];
}

function checkId(name: string, id: unknown): void {
  if (!(Number.isInteger(id) && Number(id) >= 0 && Number(id) < mostIds))
    refuse(`${name} must be a whole number below ${mostIds}`, id);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(rule: string, got: unknown): never {
  const text = JSON.stringify(got) ?? "nothing";
  return fail(
    "format",
    `subwordVocabulary: tokenizer.json: ${rule}, got ${text.length > 80 ? `${text.slice(0, 80)}…` : text}; save the file again with its tokenizer`,
  );
}

function refuseUnsupported(part: string, got: unknown): never {
  return fail(
    "format",
    `subwordVocabulary: tokenizer.json: ${part} cannot be read here without other ids than its own library gives, got ${JSON.stringify(got) ?? "nothing"}; use a tokenizer without it`,
  );
}
