import type { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { classesOf, scoresOf, type ClassLossOptions } from "./class-targets.js";
import { reduceLosses } from "./reduce-losses.js";

/** Which targets count, and how sure {@link crossEntropy} wants the network to be. */
export interface CrossEntropyOptions extends ClassLossOptions {
  /** Share of the target's probability that is spread evenly over all classes (Szegedy et al. 2016), in [0, 1), default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Mean negative log-likelihood of the targets, in nats.
 *
 * @param logits - `[…, classes]`, unnormalised.
 * @param targets - `[…]` int32, 0..classes-1 wherever they count.
 * @throws ModuleError `shape`, `option`, `targets`
 * @example
 * crossEntropy(tensor([[0, 0]]), tensor([1], { dtype: "int32" })).item(); // 0.6931471824645996
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    fail("option", `crossEntropy: labelSmoothing must lie in [0, 1), got ${labelSmoothing}`);
  }
  const classes = classesOf("crossEntropy", logits, targets, options);
  const logProbabilities = classes.scores.logSoftmax();
  const hard = scoresOf(classes, logProbabilities);
  const likelihoods =
    labelSmoothing === 0 ? hard : hard.mul(1 - labelSmoothing).add(logProbabilities.mean({ axes: -1 }).mul(labelSmoothing));
  return reduceLosses(likelihoods.neg(), classes.weights, options);
}
