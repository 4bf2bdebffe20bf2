import type { Scaler } from "@unroll/data";

/**
 * Scales by the standard deviation of the change from season to season, the unit in which a correction of the seasonal
 * naive forecast is of order 1 whatever the trend.
 *
 * @param options - `season` in rows, 1 for none.
 */
export function seasonalChange({ season }: { readonly season: number }): Scaler {
  return {
    name: "seasonalChange",
    fit(values) {
      const offset = values.reduce((sum, x) => sum + x, 0) / values.length;
      const changes = values.subarray(season).map((x, t) => x - (values[t] as number));
      const spread = Math.sqrt(changes.reduce((sum, x) => sum + x * x, 0) / changes.length);
      return { kind: "affine", offset, scale: spread > 0 ? spread : 1 };
    },
  };
}
