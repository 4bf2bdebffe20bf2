import { checkCount } from "../checks/check-count.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";
import type { ScalerStep } from "./step.js";

/** Learns how to change a column from its training values, which are those within segments and not missing. */
export interface Scaler {
  readonly name: string;
  /** @param values - at least one. */
  fit(values: Float64Array, column: string): ScalerStep;
}

// A constant column is only moved.
const safe = (scale: number): number => (scale > 0 && Number.isFinite(scale) ? scale : 1);

/** To mean 0 and standard deviation 1 (divisor n). */
export function standard(): Scaler {
  return {
    name: "standard",
    fit(values) {
      const offset = values.reduce((sum, x) => sum + x, 0) / values.length;
      const variance = values.reduce((sum, x) => sum + (x - offset) ** 2, 0) / values.length;
      return { kind: "affine", offset, scale: safe(Math.sqrt(variance)) };
    },
  };
}

/** To the range `low..high` (default 0..1) of the training values; later values may lie outside. @throws DataError `option` unless low < high. */
export function minMax({ low = 0, high = 1 }: { readonly low?: number; readonly high?: number } = {}): Scaler {
  if (!(low < high)) fail("option", `minMax: needs low < high, got ${low} and ${high}`);
  return {
    name: "minMax",
    fit(values) {
      let [least, most] = [Infinity, -Infinity];
      for (const value of values) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      const scale = safe((most - least) / (high - low));
      return { kind: "affine", offset: least - low * scale, scale };
    },
  };
}

/** To median 0 and interquartile range 1, which outliers do not move; quantiles are interpolated linearly. */
export function robust(): Scaler {
  return {
    name: "robust",
    fit(values) {
      const sorted = values.slice().sort();
      const quantile = (share: number): number => {
        const place = share * (sorted.length - 1);
        const below = sorted[Math.floor(place)] as number;
        return below + (place % 1) * ((sorted[Math.ceil(place)] as number) - below);
      };
      return { kind: "affine", offset: quantile(0.5), scale: safe(quantile(0.75) - quantile(0.25)) };
    },
  };
}

/** `ln(x + shift)`, default shift 0. @throws DataError `option` when a value, of the training part or later, is not above `-shift`. */
export function log({ shift = 0 }: { readonly shift?: number } = {}): Scaler {
  return {
    name: "log",
    fit(values, column) {
      const least = values.reduce((smallest, x) => Math.min(smallest, x), Infinity);
      if (!(least + shift > 0)) {
        fail("option", `log: ${column} + shift must be positive, got ${least} + ${shift}; pass a shift above ${-least}`);
      }
      return { kind: "log", shift };
    },
  };
}

/** `x(t) - x(t-1)`, which takes a trend out. */
export function difference(): Scaler {
  return { name: "difference", fit: () => ({ kind: "difference", lag: 1 }) };
}

/** `x(t) - x(t - season)`, which takes a season of so many rows out. */
export function seasonalDifference(options: { readonly season: number }): Scaler {
  const { season } = given(options);
  checkCount("seasonalDifference", "season", season);
  return { name: "seasonalDifference", fit: () => ({ kind: "difference", lag: season }) };
}
