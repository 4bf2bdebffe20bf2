// The part of @huggingface/tokenizers that is used here; its published types import without extensions, which Node's own
// resolution does not follow.
declare module "@huggingface/tokenizers" {
  export class Tokenizer {
    constructor(file: object, config: object);
    encode(
      text: string,
      options: { readonly add_special_tokens: boolean },
    ): { readonly ids: readonly (number | null | undefined)[]; readonly tokens: readonly string[] };
    decode(
      ids: readonly number[],
      options: { readonly skip_special_tokens: boolean; readonly clean_up_tokenization_spaces: boolean },
    ): string;
  }
}
