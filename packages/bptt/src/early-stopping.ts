import { disposeTree } from "@unroll/tensor";

import { TrainingError } from "./error.js";
import type { Evaluation } from "./evaluate.js";
import type { Best, FitOptions } from "./fit-options.js";
import type { SequenceModel } from "./sequence-model.js";

/** How {@link fit} stops early. */
export type EarlyStopping = NonNullable<FitOptions<never>["earlyStopping"]>;

/**
 * Compares a validation with the best so far. The weights are copied when it is better, and those before freed.
 *
 * @throws TrainingError `option` when the monitored metric is not measured.
 */
export function keepBest(
  model: SequenceModel,
  { monitor, minimumImprovement = 0 }: Omit<EarlyStopping, "patience">,
  { loss, metrics }: Evaluation,
  { best, step }: { readonly best: Best | undefined; readonly step: number },
): { readonly best: Best; readonly improved: boolean } {
  const value = monitor === undefined ? loss : metrics[monitor.metric];
  if (value === undefined) {
    throw new TrainingError(
      "option",
      `fit: earlyStopping needs a metric that validation measures, got ${monitor?.metric}; it measures loss, ${Object.keys(metrics).join(", ")}`,
    );
  }
  const gain = best === undefined ? Infinity : monitor?.better === "higher" ? value - best.value : best.value - value;
  if (best !== undefined && !(gain > minimumImprovement)) return { best: { ...best, waited: best.waited + 1 }, improved: false };
  disposeTree(best?.weights);
  return { best: { value, step, waited: 0, weights: model.stateDict() }, improved: true };
}
