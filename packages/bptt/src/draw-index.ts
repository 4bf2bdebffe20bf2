import type { Generator } from "@unroll/tensor";

import { TrainingError } from "./error.js";

/** How an index is drawn from logits. */
export interface DrawOptions {
  readonly generator: Generator;
  /** Divides the logits, default 1; 0 always takes the likeliest. */
  readonly temperature?: number;
  /** Draws among the k likeliest only; all when left out. */
  readonly topK?: number;
  /** Draws among the likeliest that together have this probability (Holtzman et al. 2020), after temperature and `topK`; default 1. */
  readonly topP?: number;
}

/**
 * Draws an index from logits.
 *
 * @throws TrainingError `option` for a setting out of its range.
 */
export function drawIndex(logits: ArrayLike<number>, options: DrawOptions): number {
  const { generator, temperature = 1, topK = logits.length, topP = 1 } = options;
  if (!(temperature >= 0)) throw new TrainingError("option", `sample: temperature must be at least 0, got ${temperature}`);
  if (!(topK >= 1)) throw new TrainingError("option", `sample: topK must be at least 1, got ${topK}`);
  if (!(topP > 0 && topP <= 1)) throw new TrainingError("option", `sample: topP must lie above 0 and up to 1, got ${topP}`);
  const order = Array.from(logits, (_, index) => index).sort((a, b) => (logits[b] as number) - (logits[a] as number));
  if (temperature === 0) return order[0] as number;
  const likeliest = order.slice(0, topK);
  const largest = logits[likeliest[0] as number] as number;
  const weights = likeliest.map((index) => Math.exp(((logits[index] as number) - largest) / temperature));
  const kept = topP === 1 ? weights : weights.slice(0, nucleus(weights, topP));
  let left = generator.uniform() * kept.reduce((sum, weight) => sum + weight, 0);
  const chosen = kept.findIndex((weight) => (left -= weight) < 0);
  return likeliest[chosen === -1 ? kept.length - 1 : chosen] as number;
}

// How many of the falling weights it takes to reach their share.
function nucleus(weights: readonly number[], topP: number): number {
  const needed = topP * weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.findIndex((weight) => (sum += weight) >= needed) + 1 || weights.length;
}
