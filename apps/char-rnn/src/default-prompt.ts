import type { ModelFile } from "./model-file.js";

/**
 * What a model goes on from where no prompt was given: a word that opens English sentences if it knows those characters,
 * else the character that it takes for the likeliest whatever stands before, among those that can be seen if there are any.
 */
export function defaultPrompt({ model, vocabulary }: Pick<ModelFile, "model" | "vocabulary">): string {
  const known = ["The ", "the "].find((prompt) => [...prompt].every((character) => vocabulary.has(character)));
  if (known !== undefined) return known;
  const { characters } = vocabulary;
  const bias = [...(model.stateDict()["head.bias"]?.toTypedArray() ?? [])];
  const likeliest = characters.map((_, id) => id).sort((a, b) => (bias[b] ?? 0) - (bias[a] ?? 0));
  const [first = 0] = likeliest;
  const seen = likeliest.find((id) => !/[\p{C}\p{M}\p{Z}]/u.test(characters[id] as string));
  return characters[seen ?? first] as string;
}
