import { sourcesOf, type ElementRow, type ProductRow, type Row } from "../rows/row.js";
import type { PassOperation, Place } from "./plan.js";

/** What decides whether a buffer is free again. */
export interface Reuse {
  /** Values that stay for every step. */
  readonly kept: readonly Row[];
  /** Places that something beside a pass reads or writes. */
  readonly busy: readonly Place[];
  /** Products that run before the loop, group by group. */
  readonly products: readonly (readonly ProductRow[])[];
  /** Where values lie; changed. */
  readonly places: Map<Row, Place>;
}

/**
 * Lets activations overwrite the input projections they are computed from: where one pass alone reads a product that was made
 * before the loop, what that pass leaves for the backward loop takes its place.
 */
export function reuseBuffers(passes: readonly PassOperation[], { kept, busy, products, places }: Reuse): void {
  const written = new Set(products.map(([first]) => places.get(first as Row)));
  for (const group of products) {
    const buffer = places.get(group[0] as Row)?.buffer;
    const members = new Set<Row>(group);
    const readers = passes.filter(({ rows }) => rows.some((row) => sourcesOf(row).some((source) => members.has(source))));
    const [pass] = readers;
    const others = busy.filter((place) => place.buffer === buffer && !written.has(place));
    if (pass?.phase !== "loop" || readers.length > 1 || others.length > 0 || kept.some((row) => members.has(row))) continue;
    const free = group.filter(({ width }) => width === pass.width).map((row) => places.get(row) as Place);
    for (const { row, places: targets } of pass.stores) {
      const slot = free[0];
      if (slot === undefined) break;
      if (!keepsOwnHistory(row, targets) || busy.some((place) => place.buffer === targets[0]?.buffer)) continue;
      free.shift();
      (targets as Place[])[0] = slot;
      places.set(row, slot);
    }
  }
}

// Stored once, for later, in a buffer of its own.
function keepsOwnHistory(row: ElementRow, targets: readonly Place[]): boolean {
  const [place] = targets;
  return targets.length === 1 && place?.buffer.extent === "all" && !place.buffer.extra && place.buffer.width === row.width;
}
