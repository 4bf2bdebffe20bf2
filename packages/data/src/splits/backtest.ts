import { checkCount } from "../checks/check-count.js";
import { checkWord } from "../checks/check-word.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";
import { joinParts, sliceAs, type Series } from "../series/series.js";
import { checkMayTrain } from "./chronological-split.js";

/** One origin of a backtest. */
export interface BacktestFold {
  /** Row where the forecast starts: everything before it is known. */
  readonly origin: number;
  /** The rows to learn from, which end before `origin - gap`. */
  readonly train: Series;
  /** The `horizon` rows from the origin on, held out. */
  readonly test: Series;
}

/** How the origin rolls. */
export interface BacktestOptions {
  /** Rows before the first origin. */
  readonly initial: number;
  /** Rows forecast from each origin. */
  readonly horizon: number;
  /** Rows from one origin to the next, default `horizon`. */
  readonly stride?: number;
  /** `expanding` (default) learns from all rows before the origin, `rolling` from the last `initial`. */
  readonly kind?: "expanding" | "rolling";
  /** Rows before the origin that are not learned from, default 0. */
  readonly gap?: number;
}

/**
 * Evaluation on a rolling forecasting origin: each fold learns from what came before its origin and is tested behind it.
 *
 * Source: L. J. Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting 16, 2000.
 *
 * @throws DataError `too-short` when the series does not hold one fold, `leak` for a held-out series.
 */
export function backtest(series: Series, options: BacktestOptions): readonly BacktestFold[] {
  const { initial, horizon, stride = horizon, kind = "expanding", gap = 0 } = given(options);
  for (const [name, value] of Object.entries({ initial, horizon, stride })) checkCount("backtest", name, value);
  checkCount("backtest", "gap", gap, 0);
  checkWord("backtest", "kind", kind, ["expanding", "rolling"]);
  checkMayTrain("backtest", series);
  const count = Math.floor((series.length - initial - horizon) / stride) + 1;
  if (count < 1 || gap >= initial) {
    fail(
      "too-short",
      `backtest: needs gap < initial and ${initial} + ${horizon} rows, got gap ${gap} and ${series.length} rows; lower initial or horizon`,
    );
  }
  return Array.from({ length: count }, (_, fold) => {
    const origin = initial + fold * stride;
    return {
      origin,
      train: sliceAs(series, kind === "expanding" ? 0 : origin - initial, origin - gap, "train"),
      test: sliceAs(series, origin, origin + horizon, "heldOut"),
    };
  });
}

/** One fold of a blocked cross-validation. */
export interface BlockedFold {
  /** All rows but the block and `gap` rows on either side of it; a gap lies where the block was. */
  readonly train: Series;
  /** The block, held out. */
  readonly validation: Series;
}

/**
 * Blocked cross-validation: the series is cut into `folds` consecutive blocks, each held out once, with `gap` rows on
 * either side belonging to neither part. It learns from what came after the block too, so it measures a stationary
 * process, not a forecast.
 *
 * Source: C. Bergmeir and J. M. Benítez, "On the use of cross-validation for time series predictor evaluation",
 * Information Sciences 191, 2012.
 *
 * @throws DataError `option` unless `folds` is 2 or more, `too-short` when a part would be empty, `leak` for a held-out series.
 */
export function blockedFolds(series: Series, options: { readonly folds: number; readonly gap?: number }): readonly BlockedFold[] {
  const { folds, gap = 0 } = given(options);
  checkCount("blockedFolds", "folds", folds, 2);
  checkCount("blockedFolds", "gap", gap, 0);
  checkMayTrain("blockedFolds", series);
  if (series.length < folds || series.length <= Math.ceil(series.length / folds) + 2 * gap) {
    fail(
      "too-short",
      `blockedFolds: ${folds} blocks with ${gap} rows around each leave nothing to learn from, got ${series.length} rows`,
    );
  }
  return Array.from({ length: folds }, (_, fold) => {
    const start = Math.floor((fold * series.length) / folds);
    const end = Math.floor(((fold + 1) * series.length) / folds);
    const before = sliceAs(series, 0, Math.max(0, start - gap), "train");
    const after = sliceAs(series, Math.min(series.length, end + gap), series.length, "train");
    return { train: joinParts(before, after), validation: sliceAs(series, start, end, "heldOut") };
  });
}
