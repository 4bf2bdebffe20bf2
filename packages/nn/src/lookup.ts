import type { Tensor } from "@unroll/tensor";

/** Where the vectors of a tensor were read. */
export interface Lookup {
  /** `[count, size]` */
  readonly table: Tensor;
  /** Rows of the table, int32: the shape of the tensor without its last axis. */
  readonly indices: Tensor;
}

const lookups = new WeakMap<Tensor, Lookup>();

/** Where an {@link Embedding} read what it gave, for layers that do the same to equal vectors once; undefined for other tensors. */
export function lookupOf(x: Tensor): Lookup | undefined {
  return lookups.get(x);
}

/** Lets {@link lookupOf} find a lookup. */
export function rememberLookup(x: Tensor, lookup: Lookup): void {
  lookups.set(x, lookup);
}
