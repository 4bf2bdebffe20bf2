/**
 * Half the width of a split conformal interval: around new forecasts it holds at least `level` of the values if their
 * errors come from the same distribution as these.
 *
 * Source: J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani, L. Wasserman, "Distribution-free predictive inference for
 * regression", Journal of the American Statistical Association 113, 2018.
 *
 * @param errors - of forecasts of rows that were not learned from; at least one.
 */
export function conformalRadius(errors: ArrayLike<number>, level: number): number {
  const sizes = Float64Array.from(errors, Math.abs).sort();
  const rank = Math.min(sizes.length, Math.ceil((sizes.length + 1) * level));
  return sizes[rank - 1] as number;
}

/** The radius at each step of the horizon. @param errors - one array per origin. */
export function conformalRadii(errors: readonly Float64Array[], level: number): Float64Array {
  const horizon = errors[0]?.length ?? 0;
  return Float64Array.from({ length: horizon }, (_, step) =>
    conformalRadius(
      errors.map((row) => row[step] as number),
      level,
    ),
  );
}
