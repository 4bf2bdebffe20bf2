import type { ProgramHost } from "@unroll/wasm";

import type { Operation } from "../plan/plan.js";
import { costly } from "../rows/row.js";

/** From the first row to before the last. */
export type RowRange = readonly [from: number, to: number];

// In multiply-adds: what one element takes in a pass, where it is a function, and where it is moved.
const elementWork = 2;
const functionWork = 20;
const movedWork = 4;

/** Threads, and what each must get of a call so that sharing it pays. */
type Threads = Pick<ProgramHost, "threads" | "leastWork">;

/** Ranges of about equal size, one per thread that gets enough to do. */
export function splitRows(count: number, { threads, leastWork }: Threads, workOfRow: number): RowRange[] {
  const parts = Math.max(1, Math.min(threads, count, Math.floor((count * workOfRow) / leastWork.multiplyAdds)));
  const ranges: RowRange[] = [];
  for (let part = 0; part < parts; part++) {
    ranges.push([Math.floor((count * part) / parts), Math.floor((count * (part + 1)) / parts)]);
  }
  return ranges;
}

/** The same in columns of which each has so many elements to be moved, from a multiple of 8 on. */
export function splitColumns(count: number, threads: Threads, length: number): RowRange[] {
  return splitRows(Math.ceil(count / 8), threads, 8 * length * movedWork).map(([from, to]) => [
    from * 8,
    Math.min(to * 8, count),
  ]);
}

/** What operations take for one row, in multiply-adds. */
export function rowWork(operations: readonly Operation[]): number {
  return operations.reduce((sum, operation) => sum + workOf(operation), 0);
}

function workOf(operation: Operation): number {
  switch (operation.kind) {
    case "product":
      return operation.inner * operation.columns;
    case "kernel":
      return operation.width * functionWork;
    case "pass":
      return operation.rows.reduce((sum, row) => sum + row.width * (costly.has(row.operation) ? functionWork : elementWork), 0);
  }
}
