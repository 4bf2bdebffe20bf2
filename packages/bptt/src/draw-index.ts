import type { Generator } from "@unroll/tensor";

import { check } from "./check-option.js";
import { TrainingError } from "./error.js";

/** How an index is drawn from logits. */
export interface DrawOptions {
  readonly generator: Generator;
  /** Divides the logits, default 1; 0 always takes the likeliest, Infinity any that is possible. */
  readonly temperature?: number;
  /** Draws among the k likeliest only; all when left out. */
  readonly topK?: number;
  /** Draws among the likeliest that together have this probability (Holtzman et al. 2020), after temperature and `topK`; default 1. */
  readonly topP?: number;
}

/**
 * Draws an index from logits; -Infinity rules an index out.
 *
 * @throws TrainingError `option` for a setting out of its range, `model` where a logit is NaN or +Infinity, or none is left to draw.
 */
export function drawIndex(logits: ArrayLike<number>, options: DrawOptions): number {
  const { generator, temperature = 1, topK = logits.length, topP = 1 } = options;
  check(temperature >= 0, "sample: temperature must be at least 0", temperature);
  check(
    options.topK === undefined || topK === Infinity || (Number.isInteger(topK) && topK >= 1),
    "sample: topK must be a positive integer, or Infinity",
    topK,
  );
  check(topP > 0 && topP <= 1, "sample: topP must lie above 0 and up to 1", topP);
  let largest = -Infinity;
  for (let index = 0; index < logits.length; index++) largest = Math.max(largest, logits[index] as number);
  if (!Number.isFinite(largest)) {
    throw new TrainingError("model", `sample: the logits need a finite largest one, got ${largest} of ${logits.length}`);
  }
  const order = Array.from(logits, (_, index) => index).sort((a, b) => (logits[b] as number) - (logits[a] as number));
  if (temperature === 0) return order[0] as number;
  const weights = order
    .slice(0, topK)
    .map((index) => (logits[index] === -Infinity ? 0 : Math.exp(((logits[index] as number) - largest) / temperature)))
    // They fall, so that those of 0, which must never be drawn, come last.
    .filter((weight) => weight > 0);
  const kept = topP === 1 ? weights : weights.slice(0, nucleus(weights, topP));
  let left = generator.uniform() * kept.reduce((sum, weight) => sum + weight, 0);
  const chosen = kept.findIndex((weight) => (left -= weight) < 0);
  return order[chosen === -1 ? kept.length - 1 : chosen] as number;
}

// How many of the falling weights it takes to reach their share.
function nucleus(weights: readonly number[], topP: number): number {
  const needed = topP * weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.findIndex((weight) => (sum += weight) >= needed) + 1 || weights.length;
}
