import { reach, sourcesOf, type Row } from "../rows/row.js";
import type { Phase, Scan } from "./plan.js";

/** When each row of a scan is computed. */
export interface Phases {
  /** Sources first. */
  readonly order: readonly Row[];
  readonly of: (row: Row) => Phase;
}

/**
 * Takes out of the loop what can run over all steps at once: products and reductions that do not depend on the state run before it,
 * those that the state does not depend on run after it. Element-wise operations stay in the loop, where they are fused, unless
 * something outside needs them.
 */
export function choosePhases(roots: readonly Row[], { carried, given }: Scan): Phases {
  const isGiven = (row: Row): boolean => given.has(row);
  const order = reach(roots, isGiven);
  const leaves = new Set<Row>(carried.map(({ leaf }) => leaf));
  const fixed = (row: Row): boolean => row.kind === "leaf" && row.leaf.kind === "row";
  // The rows of all steps are one matrix, those of the batch are not: what reads the latter stays in the loop.
  const readsFixed = order.filter(
    (row) => !isGiven(row) && sourcesOf(row).some((source) => fixed(source) || (source.kind === "slice" && fixed(source.of))),
  );
  const inLoop = new Set(reach([...carried.map(({ next }) => next), ...readsFixed], isGiven));
  const afterState = new Set<Row>();
  for (const row of order) {
    const sources = isGiven(row) ? [] : sourcesOf(row);
    if (leaves.has(row) || fixed(row) || sources.some((source) => afterState.has(source))) afterState.add(row);
  }
  const isHeavy = ({ kind }: Row): boolean => kind === "product" || kind === "kernel";
  const after = new Set<Row>();
  for (const row of order) {
    if (isGiven(row)) continue;
    const late = isHeavy(row) && afterState.has(row) && !inLoop.has(row);
    if (late || sourcesOf(row).some((source) => after.has(source))) after.add(row);
  }
  const before = new Set(
    reach(
      order.filter((row) => !isGiven(row) && isHeavy(row) && !afterState.has(row) && !after.has(row)),
      isGiven,
    ),
  );
  return {
    order,
    of: (row) => (after.has(row) ? "after" : before.has(row) ? "before" : "loop"),
  };
}
