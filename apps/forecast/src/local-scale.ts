/**
 * How large changes were shortly before a row: the mean of `|x(t) - x(t - season)|` over the last `window` rows before it.
 * Errors grow and shrink with it, so that over it they are more alike than they are themselves.
 *
 * @param rows - each with at least a season and a row before it.
 * @returns for each row a positive number; at least a hundredth of the mean over all rows, 1 where nothing ever changes.
 */
export function localScale(
  values: ArrayLike<number>,
  rows: readonly number[],
  { season, window }: { readonly season: number; readonly window: number },
): Float64Array {
  // sums[t] adds up the changes before row t.
  const sums = new Float64Array(values.length + 1);
  for (let t = 0; t < values.length; t++) {
    const change = t < season ? 0 : Math.abs((values[t] as number) - (values[t - season] as number));
    sums[t + 1] = (sums[t] as number) + change;
  }
  return Float64Array.from(rows, (row) => {
    const known = sums[row] as number;
    const from = Math.max(season, row - window);
    return Math.max((known - (sums[from] as number)) / (row - from), known / (row - season) / 100) || 1;
  });
}
