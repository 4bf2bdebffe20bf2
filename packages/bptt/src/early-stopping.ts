import { disposeTree } from "@unroll/tensor";

import type { Evaluation } from "./evaluate.js";
import type { Best, FitOptions } from "./fit-options.js";
import type { SequenceModel } from "./sequence-model.js";

/** How {@link fit} stops early. */
export type EarlyStopping = NonNullable<FitOptions<never>["earlyStopping"]>;

/**
 * Compares a validation with the best so far. The weights are copied when it is better, and those before freed. NaN is never better,
 * and every number is better than NaN.
 */
export function keepBest(
  model: SequenceModel,
  { monitor, minimumImprovement = 0 }: Omit<EarlyStopping, "patience">,
  { loss, metrics }: Evaluation,
  { best, step }: { readonly best: Best | undefined; readonly step: number },
): { readonly best: Best; readonly improved: boolean } {
  const value = monitor === undefined ? loss : (metrics[monitor.metric] as number);
  const before = best?.value ?? NaN;
  const gain = monitor?.better === "higher" ? value - before : before - value;
  const improved = Number.isNaN(before) ? !Number.isNaN(value) : gain > minimumImprovement;
  if (!improved && best !== undefined) return { best: { ...best, waited: best.waited + 1 }, improved };
  disposeTree(best?.weights);
  return { best: { value, step, waited: Number(!improved), weights: model.stateDict() }, improved };
}
