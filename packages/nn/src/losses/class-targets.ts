import { formatShape, sameShape, where, type Tensor } from "@unroll/tensor";

import { checkTensors } from "../check-tensors.js";
import { fail } from "../error.js";
import { lossWeights, type LossOptions } from "./reduce-losses.js";

/** Which targets of a classification count. */
export interface ClassLossOptions extends LossOptions {
  /** A target that is left out of the loss, as PyTorch's -100. Default none. */
  readonly ignoreIndex?: number;
}

/** Scores `[…, classes]` and targets `[…]`, both 0 where they do not count, and how much each counts. */
export interface Classes {
  readonly scores: Tensor;
  readonly targets: Tensor;
  readonly weights: Tensor | undefined;
}

/** @throws ModuleError `not-tensor`, `shape`, or `targets` where one that counts names no class. */
export function classesOf(operation: string, scores: Tensor, targets: Tensor, options: ClassLossOptions): Classes {
  checkTensors(operation, { scores, targets });
  const { ignoreIndex } = options;
  const count = scores.shape.at(-1) ?? 0;
  if (scores.rank === 0 || !sameShape(scores.shape.slice(0, -1), targets.shape)) {
    const got = `${formatShape(scores.shape)} and ${formatShape(targets.shape)}`;
    fail("shape", `${operation}: needs scores […, classes] and targets […], got ${got}`);
  }
  if (targets.dtype !== "int32")
    fail("targets", `${operation}: targets must be int32, got ${targets.dtype}; cast("int32") first`);
  let weights = lossWeights(operation, targets.shape, options);
  if (ignoreIndex !== undefined) {
    const real = targets.notEqual(ignoreIndex);
    weights = weights === undefined ? real : where(real, weights, 0);
  }
  const counted = weights?.cast("bool");
  const named = counted === undefined ? targets : where(counted, targets, 0);
  const outside = named.toTypedArray().find((target) => target < 0 || target >= count);
  if (outside !== undefined) {
    fail("targets", `${operation}: targets must lie in 0..${count - 1}, got ${outside}; mask it, or pass it as ignoreIndex`);
  }
  return {
    scores: counted === undefined ? scores : where(counted.unsqueeze({ axis: -1 }), scores, 0),
    targets: named,
    weights,
  };
}

/** The score of each target: `[…, classes]` and `[…] -> […]`. */
export function scoresOf({ targets }: Classes, scores: Tensor): Tensor {
  return scores.takeAlong(targets.unsqueeze({ axis: -1 }), { axis: -1 }).squeeze({ axis: -1 });
}
