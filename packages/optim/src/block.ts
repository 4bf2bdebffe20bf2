/**
 * Elements of a block at most. In float32 a quarter of a mebibyte: what a step makes on the way stays in the cache. Larger
 * parameters gain nothing by joining.
 */
export const mostJoined = 65_536;

/** A tensor that may share a block with others. */
export interface BlockMember<O> {
  readonly name: string;
  readonly size: number;
  /** Of everything that is joined for it; equal texts may be joined. */
  readonly dtypes: string;
  /** What holds for all of a block: the same object for equal settings. */
  readonly settings: O;
}

/** Tensors that are worked on together, under the same settings. */
export interface Block<O> {
  readonly settings: O;
  readonly names: readonly string[];
}

/** Puts tensors of equal settings and dtypes into blocks of at most so many elements each; one that is larger stands alone. */
export function blocksOf<O>(members: Iterable<BlockMember<O>>, { mostElements }: { readonly mostElements: number }): Block<O>[] {
  const blocks: { readonly settings: O; readonly dtypes: string; readonly names: string[]; size: number }[] = [];
  for (const { name, size, dtypes, settings } of members) {
    const block = blocks.find(
      (other) => other.settings === settings && other.dtypes === dtypes && other.size + size <= mostElements,
    );
    if (block === undefined) {
      blocks.push({ settings, dtypes, names: [name], size });
    } else {
      block.names.push(name);
      block.size += size;
    }
  }
  return blocks;
}
