import { formatShape, sameShape, type Tensor } from "@unroll/tensor";

import { OptimizerError } from "./error.js";
import type { Named } from "./optimizer.js";

/** Whose tensor it is that may not fit: a gradient, where no slot is named. */
export interface TensorRole {
  readonly optimizer: string;
  /** The name of the parameter. */
  readonly name: string;
  readonly slot?: string;
}

/** @throws OptimizerError `gradient` or `state` unless a tensor has the shape and dtype of its parameter. */
export function checkFits(tensor: Tensor, parameter: Tensor, { optimizer, name, slot }: TensorRole): void {
  if (tensor.dtype === parameter.dtype && sameShape(tensor.shape, parameter.shape)) return;
  const [code, what, remedy] =
    slot === undefined
      ? (["gradient", "the gradient of", "take it for these very parameters"] as const)
      : (["state", `slot ${slot} for`, "the state may come from another model: start from init(parameters)"] as const);
  throw new OptimizerError(
    code,
    `${optimizer}: ${what} ${name} must have its shape and dtype, ${describe(parameter)}, got ${describe(tensor)}; ${remedy}`,
  );
}

/** @throws OptimizerError `gradient` when a gradient has no parameter of its name. */
export function checkNames(optimizer: string, gradients: Named, parameters: Named): void {
  for (const name in gradients) {
    if (Object.hasOwn(parameters, name)) continue;
    const known = Object.keys(parameters).slice(0, 5).join(", ");
    throw new OptimizerError(
      "gradient",
      `${optimizer}: every gradient needs a parameter of its name, got ${name}, which is none of ${known}`,
    );
  }
}

function describe(value: unknown): string {
  const { shape, dtype } = Object(value) as Partial<Tensor>;
  return shape === undefined ? String(value) : `${formatShape(shape)} ${dtype}`;
}
