/** From the first row to before the last. */
export type RowRange = readonly [from: number, to: number];

// Rows below which a second thread costs more than it saves.
const fewestRows = 8;

/** Ranges of about equal size, one per thread. */
export function splitRows(count: number, threads: number): RowRange[] {
  const parts = Math.max(1, Math.min(threads, Math.floor(count / fewestRows)));
  const ranges: RowRange[] = [];
  for (let part = 0; part < parts; part++) {
    ranges.push([Math.floor((count * part) / parts), Math.floor((count * (part + 1)) / parts)]);
  }
  return ranges;
}

/** The same in columns, from a multiple of 8 on. */
export function splitColumns(count: number, threads: number): RowRange[] {
  return splitRows(Math.ceil(count / 8), threads).map(([from, to]) => [from * 8, Math.min(to * 8, count)]);
}
