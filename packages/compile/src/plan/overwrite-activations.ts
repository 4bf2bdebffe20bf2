import { loadsOf } from "./list-operations.js";
import type { Buffer, Operation, PassOperation, Place, ScanPlan } from "./plan.js";

// Columns that an operation reads or writes; a total stands for none.
interface Touch {
  readonly by: Operation | undefined;
  readonly place: Place;
  readonly width: number;
}

/**
 * Finds gradients that may be written over the activations they are computed from: buffers of a backward loop, each with one of the
 * forward loop in whose place it may lie. Such activations are read by one pass alone, which also is all that writes the gradients; it
 * reads a group of columns whole before it writes there.
 *
 * @param left - buffers that the forward loop has left for this one alone.
 */
export function overwriteActivations(plan: ScanPlan, left: ReadonlySet<Buffer>): ReadonlyMap<Buffer, Buffer> {
  const reads = plan.operations.flatMap((by) => readsOf(by, plan));
  for (const end of plan.totals) {
    if (end.kind === "columns") reads.push({ by: undefined, place: end.of, width: end.width });
    else reads.push({ by: undefined, place: end.a, width: end.rows }, { by: undefined, place: end.b, width: end.columns });
  }
  const writes = plan.operations.flatMap(writesOf);
  const free = new Set(left);
  const found = new Map<Buffer, Buffer>();
  for (const gradients of plan.buffers) {
    if (gradients.extent !== "all" || gradients.extra || plan.results.has(gradients)) continue;
    const pass = onlyPass(gradients, writes);
    const fits = (activations: Buffer): boolean =>
      activations.width === gradients.width && onlyPass(activations, [...reads, ...writes]) === pass;
    const below = pass && [...free].find(fits);
    if (below === undefined) continue;
    found.set(gradients, below);
    free.delete(below);
  }
  return found;
}

function readsOf(by: Operation, plan: ScanPlan): Touch[] {
  if (by.kind === "product") return [{ by, place: by.left, width: by.inner }];
  if (by.kind === "kernel") return [{ by, place: by.from, width: by.width }];
  return loadsOf(by).map((row) => ({ by, place: plan.placeOf(row), width: row.width }));
}

function writesOf(by: Operation): Touch[] {
  if (by.kind === "product") return [{ by, place: by.out, width: by.columns }];
  if (by.kind === "kernel") return [{ by, place: by.out, width: by.width }];
  return by.stores.flatMap(({ row, places }) => places.map((place) => ({ by, place, width: row.width })));
}

// The pass of the loop that alone touches a buffer, in whole blocks of its own columns: whatever it reads or writes at a column lies at
// that column of some block.
function onlyPass(buffer: Buffer, touches: readonly Touch[]): PassOperation | undefined {
  const own = touches.filter(({ place }) => place.buffer === buffer);
  const pass = own[0]?.by;
  if (pass?.kind !== "pass" || pass.phase !== "loop") return undefined;
  const aligned = own.every(
    ({ by, place, width }) => by === pass && place.shift === 0 && width === pass.width && place.offset % width === 0,
  );
  return aligned ? pass : undefined;
}
