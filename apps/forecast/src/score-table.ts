import type { Evaluated } from "./evaluate-forecaster.js";
import { significant } from "./progress.js";

/** The scores of one model as text, in the order of {@link scoreColumns}. */
export function scoreCells(evaluated: Evaluated): string[] {
  const { name, mae, rmse, smape, mase, coverage, seconds } = evaluated;
  const share = `${(100 * coverage).toFixed(0)} %`;
  return [name, mase.toFixed(3), significant(mae), significant(rmse), smape.toFixed(2), share, seconds.toFixed(1)];
}

/** Headings of the scores; the share is that of the test within its intervals. */
export function scoreColumns(level: number): string[] {
  return ["", "MASE", "MAE", "RMSE", "sMAPE", `in ${Math.round(100 * level)} %`, "fit s"];
}

/** The scores as lines of at most 80 characters, cells marked with a star. */
export function formatScores(results: readonly Evaluated[], level: number): string {
  const rows = [scoreColumns(level), ...results.map(scoreCells)];
  const lines = rows.map(([name = "", ...figures], row) => {
    const mark = results[row - 1]?.kind === "cell" ? "*" : " ";
    return `${mark} ${name.padEnd(27)}${figures.map((figure) => figure.padStart(8)).join("")}`.trimEnd();
  });
  return lines.join("\n");
}
