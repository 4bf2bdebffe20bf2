import { check, checkAmount, checkCount } from "./check-setting.js";
import { rateAt, type LearningRate, type Schedule } from "./schedule.js";

/**
 * Raises the rate in a straight line from `from` (a share of it, default `1 / steps`) over `steps` updates; then `next`
 * begins at its own step 0. PyTorch's LinearLR followed by `next` in a SequentialLR.
 *
 * @throws OptimizerError `option` unless `steps` is a positive integer and `from` at least 0.
 * @example
 * const rate = warmUp(cosineDecay(0.1, { steps: 900 }), { steps: 100 });
 * [rate(0), rate(100), rate(1000)]; // [0.001, 0.1, 0]
 */
export function warmUp(
  next: LearningRate,
  { steps, from = 1 / steps }: { readonly steps: number; readonly from?: number },
): Schedule {
  checkCount("warmUp: steps", steps);
  checkAmount("warmUp: from", from);
  return (step) => (step < steps ? rateAt(next, 0) * (from + ((1 - from) * step) / steps) : rateAt(next, step - steps));
}

/** One part of {@link inSequence}. */
export interface SchedulePart {
  readonly rate: LearningRate;
  /** Updates it lasts. */
  readonly steps: number;
}

/**
 * One schedule after the other, each from its own step 0; the last goes on for ever. PyTorch's SequentialLR.
 *
 * @throws OptimizerError `option` unless there is a part and every `steps` is a positive integer.
 */
export function inSequence(parts: readonly [SchedulePart, ...SchedulePart[]]): Schedule {
  check(parts.length > 0, "inSequence: needs a part { rate, steps }", "none");
  for (const { steps } of parts) checkCount("inSequence: steps", steps);
  const last = parts[parts.length - 1] as SchedulePart;
  return (step) => {
    let begun = 0;
    for (const part of parts) {
      if (part === last || step < begun + part.steps) return rateAt(part.rate, step - begun);
      begun += part.steps;
    }
    return rateAt(last.rate, step - begun);
  };
}
