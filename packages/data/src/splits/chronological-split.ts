import { given } from "../checks/given.js";
import { fail } from "../error.js";
import { checkSeries, sliceAs, type Series } from "../series/series.js";

/** Throws `leak` when a series was held out, so that no part of it may be learned from. */
export function checkMayTrain(operation: string, series: Series): void {
  checkSeries(operation, series);
  if (series.role === "heldOut") {
    fail(
      "leak",
      `${operation}: no part of a held-out series may be learned from; split the whole series, or use the training part`,
    );
  }
}

/**
 * Cuts a series into consecutive parts by their share of its rows: only `train` may be learned from. The parts are views.
 *
 * @throws DataError `option` when the shares are not positive or do not add up to 1, `too-short` when a part would be empty,
 * `leak` for a held-out series.
 * @example
 * const { train, validation, test } = chronologicalSplit(series, { train: 0.7, validation: 0.15, test: 0.15 });
 */
export function chronologicalSplit(
  series: Series,
  shares: { readonly train: number; readonly validation: number; readonly test: number },
): { readonly train: Series; readonly validation: Series; readonly test: Series } {
  checkMayTrain("chronologicalSplit", series);
  const { train, validation, test } = given(shares);
  if (Math.abs(train + validation + test - 1) > 1e-9 || !(train > 0 && validation >= 0 && test >= 0)) {
    fail("option", `chronologicalSplit: shares must not be negative and add up to 1, got ${train}, ${validation} and ${test}`);
  }
  const first = Math.round(train * series.length);
  const second = test === 0 ? series.length : Math.round((train + validation) * series.length);
  if (first === 0 || (validation > 0 && first === second) || (test > 0 && second === series.length)) {
    fail(
      "too-short",
      `chronologicalSplit: every part needs a row, got ${series.length} rows in all; give more rows or other shares`,
    );
  }
  return {
    train: sliceAs(series, 0, first, "train"),
    validation: sliceAs(series, first, second, "heldOut"),
    test: sliceAs(series, second, series.length, "heldOut"),
  };
}

/** The whole of a series as training data, for a last fit when nothing is left to measure. @throws DataError `leak` for a held-out series. */
export function trainOnAll(series: Series): Series {
  checkMayTrain("trainOnAll", series);
  return sliceAs(series, 0, series.length, "train");
}
