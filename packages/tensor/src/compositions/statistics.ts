import { dispatchOne } from "../dispatch.js";
import { isFloat } from "../dtype.js";
import { primitives } from "../primitives/table.js";
import { normalizeAxes, reducedShape } from "../shape.js";
import type { ReduceOptions } from "../options.js";
import type { Tensor } from "../tensor.js";

function countOver(operation: string, x: Tensor, axes: ReduceOptions["axes"]): number {
  return normalizeAxes(operation, axes, x.rank).reduce((count, axis) => count * (x.shape[axis] as number), 1);
}

/** Arithmetic mean; integers become float32 first, so that their sum does not wrap. */
export function mean(x: Tensor, options: ReduceOptions): Tensor {
  const count = countOver("mean", x, options.axes);
  const real = isFloat(x.dtype) ? x : x.cast("float32");
  return real.sum(options).div(count);
}

/** Mean squared distance from the mean, in two passes. */
export function variance(x: Tensor, { correction = 0, ...options }: ReduceOptions & { readonly correction?: number }): Tensor {
  const count = countOver("variance", x, options.axes);
  const distance = x.sub(x.mean({ ...options, keepDims: true }));
  return distance
    .square()
    .sum(options)
    .div(count - correction);
}

/** `log(sum(e^(x - max))) + max`, where an infinite maximum is left in place. */
export function logSumExp(x: Tensor, { axes: given, keepDims = false }: ReduceOptions): Tensor {
  const axes = normalizeAxes("logSumExp", given, x.rank);
  if (axes.some((axis) => x.shape[axis] === 0)) return x.sum({ axes, keepDims }).log();
  const largest = x.max({ axes, keepDims: true });
  const shift = dispatchOne(primitives.where, [largest.isFinite(), largest, 0]);
  const result = x.sub(shift).exp().sum({ axes, keepDims: true }).log().add(shift);
  return keepDims ? result : result.reshape(reducedShape(x.shape, axes, false));
}
