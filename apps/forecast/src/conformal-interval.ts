/**
 * Half the width of a split conformal interval: around new forecasts it holds at least `level` of the values if their
 * errors come from the same distribution as these, and are independent. Errors of forecasts that overlap are not: as many
 * of them as are worth `n` independent ones stand for `n` in the correction for their number, `(n + 1) / n`.
 *
 * Sources: J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani, L. Wasserman, "Distribution-free predictive inference for
 * regression", Journal of the American Statistical Association 113, 2018; G. V. Bayley and J. M. Hammersley, "The
 * 'effective' number of independent observations in an autocorrelated time series", supplement to the Journal of the Royal
 * Statistical Society 8, 1946.
 *
 * @param errors - in the order of time, of forecasts of rows that were not learned from; at least one.
 * @param options - `overlap`, the errors after which forecasts have no row in common: those closer may depend on each other.
 */
export function conformalRadius(
  errors: ArrayLike<number>,
  { level, overlap }: { readonly level: number; readonly overlap: number },
): number {
  const sizes = Float64Array.from(errors, Math.abs);
  const count = effectiveCount(sizes, overlap);
  // The small change keeps what is a whole number but for rounding from being rounded up.
  const rank = Math.max(1, Math.ceil(Math.min(sizes.length, (sizes.length / count) * (count + 1) * level) - 1e-9));
  return sizes.sort()[rank - 1] as number;
}

/** The number of independent values that would tell as much: `n / (1 + 2 Σ (1 - k/n) ρ(k))` up to the first ρ(k) below 0. */
function effectiveCount(values: Float64Array, overlap: number): number {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const moved = values.map((x) => x - mean);
  const spread = moved.reduce((sum, x) => sum + x * x, 0);
  let worth = 1;
  for (let lag = 1; lag <= Math.min(overlap, n - 1); lag++) {
    let together = 0;
    for (let row = lag; row < n; row++) together += (moved[row] as number) * (moved[row - lag] as number);
    if (!(together > 0)) break;
    worth += 2 * (1 - lag / n) * (together / spread);
  }
  return n / worth;
}
