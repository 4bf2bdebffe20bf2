import { costly, sourcesOf, type Row } from "../rows/row.js";

/** What a backward loop reads of the forward one. */
export interface SavedChoice {
  /** Everything. */
  readonly read: ReadonlySet<Row>;
  /** What the forward loop leaves in memory; the backward loop computes the rest again. */
  readonly saved: ReadonlySet<Row>;
}

/**
 * What the forward loop has to leave for the backward one: products, reductions and costly functions. Cheap element-wise operations
 * on what is there anyway are computed again.
 *
 * @param roots - what the backward loop computes.
 * @param present - values that are in memory in any case: inputs and states.
 */
export function chooseSaved(roots: readonly Row[], present: ReadonlySet<Row>): SavedChoice {
  const forward = new Map<Row, boolean>();
  const isForward = (row: Row): boolean => {
    const known = forward.get(row);
    if (known !== undefined) return known;
    const result = row.kind === "leaf" ? row.leaf.kind !== "cotangent" : sourcesOf(row).every(isForward);
    forward.set(row, result);
    return result;
  };
  const wanted = new Set<Row>();
  const seen = new Set<Row>();
  const visit = (row: Row): void => {
    if (seen.has(row)) return;
    seen.add(row);
    if (isForward(row)) wanted.add(row);
    else sourcesOf(row).forEach(visit);
  };
  roots.forEach(visit);
  const saved = new Set<Row>();
  const isCheap = (row: Row): boolean => row.kind === "element" && !costly.has(row.operation);
  const save = (row: Row): void => {
    if (present.has(row) || row.kind === "leaf") return;
    if (row.kind === "slice") save(row.of);
    else if (row.kind === "concat") row.parts.forEach(save);
    else saved.add(row);
  };
  for (const row of wanted) if (!isCheap(row)) save(row);
  const isThere = (row: Row): boolean => {
    if (present.has(row) || saved.has(row) || row.kind === "leaf") return true;
    return (isCheap(row) || row.kind === "slice" || row.kind === "concat") && sourcesOf(row).every(isThere);
  };
  for (const row of wanted) if (isCheap(row) && !isThere(row)) save(row);
  return { read: wanted, saved };
}
