import { belowTapes } from "@unroll/autograd";
import type { Tensor } from "@unroll/tensor";

/** Where the vectors of a tensor were read. */
export interface Lookup {
  /** `[count, size]` */
  readonly table: Tensor;
  /** Rows of the table, int32: the shape of the tensor without its last axis. */
  readonly indices: Tensor;
}

// Another copy of this package knows nothing of it, and reads vectors one by one.
const lookups = new WeakMap<Tensor, Lookup>();

/**
 * Where an {@link Embedding} read what it gave, for layers that do the same to equal vectors once; undefined for other tensors, and where
 * the table or the indices have been freed since.
 */
export function lookupOf(x: Tensor): Lookup | undefined {
  const lookup = lookups.get(x);
  return lookup === undefined || isFreed(lookup.table) || isFreed(lookup.indices) ? undefined : lookup;
}

/** Lets {@link lookupOf} find a lookup. */
export function rememberLookup(x: Tensor, lookup: Lookup): void {
  lookups.set(x, lookup);
}

function isFreed(x: Tensor): boolean {
  const below = belowTapes(x);
  return below.interpreter.level === 0 && below.toDense().storage.disposed;
}
