import type { Tensor } from "@unroll/tensor";

import { variableOf } from "./grad.js";
import { layersOf } from "./recording.js";
import type { BackwardOptions } from "./tape.js";
import type { GradientHook } from "./walk.js";

/**
 * Walks back from `output` on the tape that recorded it, and adds what arrives to the `gradient` of every leaf; a second call adds
 * to the first.
 *
 * @throws AutogradError `not-recorded`, `not-scalar`, `mismatch`, `freed`
 *
 * @example
 * const weight = new Tape().variable(tensor([3]));
 * backward(weight.square().sum());
 * weight.gradient.item(); // 6
 */
export function backward(output: Tensor, options: BackwardOptions = {}): void {
  const variable = variableOf("backward", output);
  variable.interpreter.backward(variable, options);
}

/**
 * Calls `hook` with the whole gradient of `x` when a backward pass has it; what the hook returns, if anything, goes on in its place.
 * Does nothing where no tape records, so that the same code also just evaluates.
 */
export function onGradient(x: Tensor, hook: GradientHook): void {
  const [variable] = layersOf(x);
  variable?.interpreter.onGradient(variable, hook);
}

/** Makes {@link backward} put aside the gradient of an intermediate value, for {@link gradientOf}. Does nothing where no tape records. */
export function retainGradient(x: Tensor): void {
  const [variable] = layersOf(x);
  variable?.interpreter.retainGradient(variable);
}

/** What {@link backward} added up for a leaf, or for a value whose gradient is retained; undefined before. */
export function gradientOf(x: Tensor): Tensor | undefined {
  return layersOf(x)[0]?.gradient;
}
