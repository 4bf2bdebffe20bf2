/** Anything that forecasts the rows after an origin from the rows before it. */
export interface Forecaster {
  readonly name: string;
  readonly kind: "cell" | "baseline";
  /** Seconds it took to learn. */
  readonly seconds: number;
  /** For each origin the `horizon` values of rows `origin, origin + 1, …`, in the unit of the series. */
  forecast(origins: readonly number[]): Float64Array[];
}
