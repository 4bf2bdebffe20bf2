import { endsOf, placesOf, readsOf, writtenBy } from "../plan/list-operations.js";
import type { Buffer, ScanPlan } from "../plan/plan.js";
import type { Extents } from "./scan-layout.js";

// What is computed before the loop and read in it should still lie in the second cache, or well within a share of the third.
const chunkBytes = 2 ** 20;
// Products of few rows are slower.
const fewestRows = 64;

/** Steps that run before the loop and in it, and then the next ones, so that the loop finds in the cache what it reads. */
export function chunkOf(plan: ScanPlan, { time, batch }: Extents): number {
  let width = 0;
  for (const buffer of writtenBefore(plan)) width += buffer.width;
  if (width === 0) return time;
  const rows = Math.max(fewestRows, Math.floor(chunkBytes / (width * 4)));
  return Math.min(time, Math.max(1, Math.ceil(rows / batch)));
}

/** `0..time` in chunks, from its end on where it is read backward. */
export function chunksOf(time: number, chunk: number, backward: boolean): (readonly [from: number, to: number])[] {
  return Array.from({ length: Math.ceil(time / chunk) }, (_, index) => {
    const [from, to] = [index * chunk, Math.min((index + 1) * chunk, time)];
    return backward ? ([time - to, time - from] as const) : ([from, to] as const);
  });
}

// A loop reads what was computed before it at the step where it stands, and at no other one: so a chunk needs no neighbours.

/** Buffers that need to hold nothing but the present chunk: what is computed before the loop, and nobody reads after it. */
export function streamedBuffers(plan: ScanPlan): ReadonlySet<Buffer> {
  const streamed = writtenBefore(plan);
  for (const buffer of plan.results) streamed.delete(buffer);
  const after = plan.operations.filter(({ phase }) => phase === "after");
  const places = [
    ...after.flatMap((operation) => [...placesOf(operation), ...readsOf(operation, plan)]),
    ...plan.totals.flatMap(endsOf),
  ];
  for (const { buffer } of places) streamed.delete(buffer);
  return streamed;
}

function writtenBefore({ operations }: ScanPlan): Set<Buffer> {
  return writtenBy(operations.filter(({ phase }) => phase === "before"));
}
