/** Anything that forecasts the rows after an origin from the rows before it. */
export interface Forecaster {
  readonly name: string;
  readonly kind: "cell" | "baseline";
  /** Seconds it took to learn. */
  readonly seconds: number;
  /** For each origin the `horizon` values of rows `origin, origin + 1, …`, in the unit of the series. */
  forecast(origins: readonly number[]): Float64Array[];
}

/** A forecaster as it was from a row on. */
export interface Fit {
  /** The first origin it forecasts from: it has learned from no row behind. */
  readonly from: number;
  readonly forecaster: Forecaster;
}

/**
 * A forecaster that learns anew now and then: from each origin it forecasts with the latest fit made before.
 *
 * @param fits - at least one, in the order of their rows; the first also serves the origins before it.
 */
export function latestOf(fits: readonly Fit[]): Forecaster {
  const { name, kind } = (fits[0] as Fit).forecaster;
  const fitAt = (origin: number): Fit => fits.findLast(({ from }) => from <= origin) ?? (fits[0] as Fit);
  return {
    name,
    kind,
    seconds: fits.reduce((sum, { forecaster }) => sum + forecaster.seconds, 0),
    forecast(origins) {
      const byOrigin = new Map<number, Float64Array>();
      for (const fit of fits) {
        const own = origins.filter((origin) => fitAt(origin) === fit);
        if (own.length === 0) continue;
        fit.forecaster.forecast(own).forEach((values, index) => byOrigin.set(own[index] as number, values));
      }
      return origins.map((origin) => byOrigin.get(origin) as Float64Array);
    },
  };
}
