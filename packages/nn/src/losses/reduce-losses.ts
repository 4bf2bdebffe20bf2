import { formatShape, promote, sameShape, where, type Shape, type Tensor } from "@unroll/tensor";

import { checkWord } from "../check-options.js";
import { checkTensors } from "../check-tensors.js";
import { fail } from "../error.js";

/** Which elements count, how much, and how they become one number. */
export interface LossOptions {
  /**
   * Elements that count: bool, or float weights. Of the losses' shape or of their leading axes, as `[batch, time]` for losses
   * `[batch, time, features]`. What stands in masked elements, NaN included, changes neither loss nor gradients.
   */
  readonly mask?: Tensor | undefined;
  /** How much each element counts, shaped as the mask; multiplies with it. */
  readonly weights?: Tensor | undefined;
  /** `"mean"` (default): weighted mean, 0 where nothing counts. `"sum"`: weighted sum. `"none"`: the weighted losses. */
  readonly reduction?: "mean" | "sum" | "none";
}

/**
 * Mask times weights, broadcast to the shape of the losses, 0 under the mask whatever the weights are; undefined where all count
 * alike.
 *
 * @throws ModuleError `shape`, `not-tensor`, `option`
 */
export function lossWeights(
  operation: string,
  shape: Shape,
  { mask, weights, reduction = "mean" }: LossOptions,
): Tensor | undefined {
  checkWord(operation, "reduction", reduction, ["mean", "sum", "none"]);
  const first = mask && align(operation, { mask }, shape);
  const second = weights && align(operation, { weights }, shape);
  if (first === undefined || second === undefined) return first ?? second;
  return clearUncounted(second, first).mul(first);
}

// Aligned at the start, since leading axes are batch and time.
function align(operation: string, named: Readonly<Record<string, Tensor>>, shape: Shape): Tensor {
  checkTensors(operation, named);
  const [given] = Object.values(named) as [Tensor];
  const aligned = [...given.shape, ...shape.slice(given.rank).map(() => 1)];
  if (aligned.length !== shape.length || aligned.some((length, axis) => length !== shape[axis] && length !== 1)) {
    const got = formatShape(given.shape);
    fail("shape", `${operation}: mask and weights must have shape ${formatShape(shape)} or leading axes of it, got ${got}`);
  }
  return given.reshape(aligned).broadcastTo(shape);
}

/** `x` with 0 where its loss does not count, so that NaN there reaches no gradient. */
export function clearUncounted(x: Tensor, weights: Tensor | undefined): Tensor {
  return weights === undefined ? x : where(weights.cast("bool"), x, 0);
}

/** The reduction of losses that `options` ask for. */
export function reduceLosses(losses: Tensor, weights: Tensor | undefined, { reduction = "mean" }: LossOptions): Tensor {
  const scale = weights?.cast(promote(losses.dtype, "float32"));
  const weighted = scale === undefined ? losses : clearUncounted(losses, weights).mul(scale);
  if (reduction === "none") return weighted;
  const sum = weighted.sum();
  if (reduction === "sum") return sum;
  if (scale === undefined) return sum.div(Math.max(1, losses.size));
  const total = scale.sum();
  return sum.div(where(total.equal(0), 1, total));
}

/** @throws ModuleError `not-tensor`, or `shape` unless all have the same shape. */
export function checkSameShape(operation: string, named: Readonly<Record<string, Tensor>>): void {
  checkTensors(operation, named);
  const [first, ...others] = Object.values(named).map(({ shape }) => shape);
  if (others.some((shape) => !sameShape(shape, first as Shape))) {
    const got = [first as Shape, ...others].map(formatShape).join(" and ");
    fail("shape", `${operation}: ${Object.keys(named).join(" and ")} must have the same shape, got ${got}`);
  }
}
