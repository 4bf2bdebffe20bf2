import { sourcesOf, type ElementRow, type ProductRow, type Row } from "../rows/row.js";
import type { PassOperation, Place } from "./plan.js";
import type { RowPlaces } from "./row-places.js";

/** What decides whether a buffer is free again. */
export interface Reuse {
  /** Values that stay for every step. */
  readonly kept: readonly Row[];
  /** Places that something beside a pass reads or writes. */
  readonly busy: readonly Place[];
  /** Products that run before the loop, group by group. */
  readonly products: readonly (readonly ProductRow[])[];
  /** Changed where a value moves. */
  readonly places: RowPlaces;
}

/**
 * Lets activations overwrite the input projections they are computed from: where one pass alone reads a product that was made
 * before the loop, what that pass leaves for the backward loop takes its place.
 *
 * @returns what moved, and where it would lie otherwise.
 */
export function reuseBuffers(
  passes: readonly PassOperation[],
  { kept, busy, products, places }: Reuse,
): ReadonlyMap<ElementRow, Place> {
  const moved = new Map<ElementRow, Place>();
  for (const group of products) {
    const written = places.of(group[0] as Row);
    const members = new Set<Row>(group);
    const readers = passes.filter(({ rows }) => rows.some((row) => sourcesOf(row).some((source) => members.has(source))));
    const [pass] = readers;
    const others = busy.some((place) => place.buffer === written.buffer && place !== written);
    if (pass?.phase !== "loop" || readers.length > 1 || others || kept.some((row) => members.has(row))) continue;
    const free = group.filter(({ width }) => width === pass.width).map((row) => places.of(row));
    for (const { row, places: targets } of pass.stores) {
      if (!keepsOwnHistory(row, targets) || busy.some(({ buffer }) => buffer === targets[0]?.buffer)) continue;
      const slot = free.shift();
      if (slot === undefined) break;
      moved.set(row, places.of(row));
      places.move(row, slot);
    }
  }
  return moved;
}

// Stored once, for later, in a buffer of its own.
function keepsOwnHistory(row: ElementRow, targets: readonly Place[]): boolean {
  const [place] = targets;
  return targets.length === 1 && place?.buffer.extent === "all" && !place.buffer.extra && place.buffer.width === row.width;
}
