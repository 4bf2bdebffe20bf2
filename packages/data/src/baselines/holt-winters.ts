import { checkCount } from "../checks/check-count.js";
import { checkWord } from "../checks/check-word.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";
import { checkWholeHistory, type Baseline } from "./baseline.js";

/** Smoothing of level, trend and season, each in 0..1. */
interface Smoothing {
  readonly level: number;
  readonly trend: number;
  readonly season: number;
}

/**
 * Holt-Winters exponential smoothing with a trend and a season:
 *
 *     l(t) = α (x(t) - s(t-m)) + (1 - α)(l(t-1) + b(t-1))
 *     b(t) = β (l(t) - l(t-1)) + (1 - β) b(t-1)
 *     s(t) = γ (x(t) - l(t)) + (1 - γ) s(t-m)
 *     forecast h steps ahead = l + h b + s
 *
 * With `kind: "multiplicative"` the season divides and multiplies instead. It starts from the first two seasons; α, β, γ
 * minimise the squared one-step errors in the training part, by pattern search from a coarse grid (Hooke and Jeeves).
 *
 * Source: P. R. Winters, "Forecasting sales by exponentially weighted moving averages", Management Science 6, 1960.
 *
 * @param options - `season` m in rows; `kind` default `"additive"`.
 * @throws DataError on fitting `too-short` with fewer than two seasons, `option` for a multiplicative season over values that are not positive.
 */
export function holtWinters(options: { readonly season: number; readonly kind?: "additive" | "multiplicative" }): Baseline {
  const { season, kind = "additive" } = given(options);
  checkWord("holtWinters", "kind", kind, ["additive", "multiplicative"]);
  checkCount("holtWinters", "season", season, 2);
  const name = kind === "additive" ? "Holt-Winters" : "Holt-Winters (multiplicative)";
  return {
    name,
    fit(train) {
      checkWholeHistory(name, train, 2 * season);
      if (kind === "multiplicative" && Array.from(train).some((value) => value <= 0)) {
        fail(
          "option",
          'holtWinters: a multiplicative season needs positive values, got one that is not; choose kind: "additive"',
        );
      }
      const chosen = search((smoothing) => run(train, season, kind, smoothing).squaredError);
      return {
        name,
        forecast(history, horizon) {
          checkCount(name, "horizon", horizon);
          checkWholeHistory(name, history, 2 * season);
          const { level, trend, seasons } = run(history, season, kind, chosen);
          return Float64Array.from({ length: horizon }, (_, step) => {
            const place = seasons[(history.length + step) % season] as number;
            const line = level + (step + 1) * trend;
            return kind === "additive" ? line + place : line * place;
          });
        },
      };
    },
  };
}

function run(
  values: ArrayLike<number>,
  m: number,
  kind: "additive" | "multiplicative",
  smoothing: Smoothing,
): { readonly level: number; readonly trend: number; readonly seasons: Float64Array; readonly squaredError: number } {
  const additive = kind === "additive";
  let first = 0;
  let second = 0;
  for (let t = 0; t < m; t++) {
    first += (values[t] as number) / m;
    second += (values[t + m] as number) / m;
  }
  let level = first;
  let trend = (second - first) / m;
  const seasons = Float64Array.from({ length: m }, (_, t) =>
    additive ? (values[t] as number) - first : (values[t] as number) / first,
  );
  let squaredError = 0;
  for (let t = m; t < values.length; t++) {
    const x = values[t] as number;
    const place = seasons[t % m] as number;
    const line = level + trend;
    squaredError += (x - (additive ? line + place : line * place)) ** 2;
    const next = smoothing.level * (additive ? x - place : x / place) + (1 - smoothing.level) * line;
    trend = smoothing.trend * (next - level) + (1 - smoothing.trend) * trend;
    level = next;
    seasons[t % m] = smoothing.season * (additive ? x - level : x / level) + (1 - smoothing.season) * place;
  }
  return { level, trend, seasons, squaredError };
}

function search(error: (smoothing: Smoothing) => number): Smoothing {
  const names = ["level", "trend", "season"] as const;
  let best: Smoothing = { level: 0.3, trend: 0.05, season: 0.1 };
  let least = error(best);
  const consider = (candidate: Smoothing): boolean => {
    const value = error(candidate);
    if (!(value < least)) return false;
    best = candidate;
    least = value;
    return true;
  };
  for (const level of [0.05, 0.2, 0.5, 0.8]) {
    for (const trend of [0, 0.01, 0.1]) for (const season of [0.02, 0.1, 0.3]) consider({ level, trend, season });
  }
  for (let step = 0.1; step > 5e-4;) {
    let improved = false;
    for (const name of names) {
      for (const change of [step, -step]) {
        improved = consider({ ...best, [name]: Math.min(1, Math.max(0, best[name] + change)) }) || improved;
      }
    }
    if (!improved) step /= 2;
  }
  return best;
}
