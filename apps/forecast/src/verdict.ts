import type { Evaluated } from "./evaluate-forecaster.js";

/**
 * Who won, in words: one sentence for the winner, one for each cell that a simple baseline beats.
 *
 * @param results - the best first; at least one cell and one baseline.
 */
export function verdict(results: readonly Evaluated[]): string {
  const best = results[0] as Evaluated;
  const cell = results.find(({ kind }) => kind === "cell") as Evaluated;
  const baseline = results.find(({ kind }) => kind === "baseline") as Evaluated;
  const share = (loser: Evaluated, winner: Evaluated): string => `${(100 * (1 - winner.mase / loser.mase)).toFixed(0)} percent`;
  const sentences =
    best.kind === "cell"
      ? [`${best.name} wins: its error is ${share(baseline, best)} below that of the best baseline, ${baseline.name}.`]
      : [
          `A baseline wins: the error of ${best.name} is ${share(cell, best)} below that of the best cell, ${cell.name}. ` +
            `Use it here, or try other sizes of the network.`,
        ];
  const behind = results.filter(({ kind, mase }) => kind === "cell" && mase >= baseline.mase && best.kind === "cell");
  if (behind.length > 0) sentences.push(`The baseline is ahead of ${behind.map(({ name }) => name).join(" and ")}.`);
  return sentences.join(" ");
}
