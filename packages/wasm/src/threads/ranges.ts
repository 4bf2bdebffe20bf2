/** From the first to before the end. */
export type Range = readonly [first: number, end: number];

/** Splits `0..count` into `parts` ranges of about equal size that begin at multiples of `granule`; fewer where there are fewer of these. */
export function ranges(count: number, parts: number, granule: number): Range[] {
  const granules = Math.ceil(count / granule);
  const many = Math.max(1, Math.min(parts, granules));
  const at = (part: number): number => Math.min(count, Math.floor((granules * part) / many) * granule);
  return Array.from({ length: many }, (_, part) => [at(part), at(part + 1)] as const);
}
