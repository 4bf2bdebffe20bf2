import type { ProductRow } from "../rows/row.js";
import type { Phase } from "./plan.js";

/** Products that run as one. */
export interface ProductGroup {
  readonly phase: Phase;
  /** In the order of their columns. */
  readonly products: readonly ProductRow[];
}

/** Joins products of one phase that share their left side: the gates of a cell become one product. */
export function groupProducts(products: readonly ProductRow[], phaseOf: (row: ProductRow) => Phase): ProductGroup[] {
  const groups = new Map<string, ProductRow[]>();
  for (const row of products) {
    const key = `${phaseOf(row)} ${row.left.id}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((members) => ({
    phase: phaseOf(members[0] as ProductRow),
    products: members.sort(
      (a, b) =>
        a.right.node.id - b.right.node.id ||
        a.right.firstRow - b.right.firstRow ||
        a.right.firstColumn - b.right.firstColumn ||
        a.right.columns - b.right.columns,
    ),
  }));
}
