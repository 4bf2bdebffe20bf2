import type { Evaluated } from "./evaluate-forecaster.js";
import { percent } from "./percent.js";
import { decimal, significant } from "./significant.js";

// Characters of a column of figures, the space before it included.
const leastWidth = 8;

/** The scores of one model as text, in the order of {@link scoreColumns}. */
export function scoreCells(evaluated: Evaluated): string[] {
  const { name, mae, rmse, smape, mase, coverage, seconds } = evaluated;
  const share = `${(100 * coverage).toFixed(0)} %`;
  return [name, decimal(mase, 3), significant(mae), significant(rmse), decimal(smape, 2), share, decimal(seconds, 1)];
}

/** Headings of the scores; the share is that of the test within its intervals. */
export function scoreColumns(level: number): string[] {
  return ["", "MASE", "MAE", "RMSE", "sMAPE", `in ${percent(level)} %`, "fit s"];
}

/** The scores as lines of at most 80 characters for a level of up to four digits, cells marked with a star. */
export function formatScores(results: readonly Evaluated[], level: number): string {
  const head = scoreColumns(level);
  const widths = head.slice(1).map((heading) => Math.max(leastWidth, heading.length + 1));
  const lines = [head, ...results.map(scoreCells)].map(([name = "", ...figures], row) => {
    const mark = results[row - 1]?.kind === "cell" ? "*" : " ";
    return `${mark} ${name.padEnd(27)}${figures.map((figure, column) => figure.padStart(widths[column] as number)).join("")}`.trimEnd();
  });
  return lines.join("\n");
}
