import type { Tensor } from "@unroll/tensor";

import { classesOf, scoresOf, type ClassLossOptions } from "./class-targets.js";
import { reduceLosses } from "./reduce-losses.js";

/**
 * Mean negative log-likelihood of the targets, in nats: the cross-entropy of probabilities that are normalised already.
 *
 * @param logProbabilities - `[…, classes]`
 * @param targets - `[…]` int32, 0..classes-1 wherever they count.
 * @throws ModuleError `shape`, `targets`
 */
export function negativeLogLikelihood(logProbabilities: Tensor, targets: Tensor, options: ClassLossOptions = {}): Tensor {
  const classes = classesOf("negativeLogLikelihood", logProbabilities, targets, options);
  return reduceLosses(scoresOf(classes, classes.scores).neg(), classes.weights, options);
}
