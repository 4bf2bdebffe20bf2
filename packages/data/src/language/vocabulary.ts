/** What every vocabulary can do: text to ids in `0..size-1`, and back. */
export interface Vocabulary {
  /** Ids that exist, which is how many rows an embedding needs. */
  readonly size: number;
  /** The ids of a text. @throws DataError `unknown-character` for a text that has no ids. */
  encode(text: string): Int32Array;
  /** The text of ids. @throws DataError `unknown-token` for an id outside `0..size-1`. */
  decode(ids: Iterable<number>): string;
  /** Whether a piece of text, as the vocabulary cuts it, has an id of its own. */
  has(piece: string): boolean;
}
