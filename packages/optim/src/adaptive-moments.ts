import type { Tensor } from "@unroll/tensor";

import { blend } from "./blend.js";
import type { ParameterUpdate, UpdateSettings, UpdateTime } from "./define-optimizer.js";

/** Settings that `adam` and `adamw` share. */
export interface AdaptiveMomentSettings extends UpdateSettings {
  /** Share of the mean of the gradients that is kept, default 0.9. */
  readonly beta1: number;
  /** Share of the mean of their squares that is kept, default 0.999. */
  readonly beta2: number;
  /** Added to the root, default 1e-8. */
  readonly epsilon: number;
  /** Divides by the largest mean square so far (Reddi et al. 2018), default false. */
  readonly amsgrad: boolean;
}

/** What `adam` and `adamw` keep: mean, mean square and, for AMSGrad, the largest mean square. */
export type MomentSlot = "m" | "v" | "largest";

/** What changes with the number of updates: the rate, and what is added to the root. */
export type MomentCoefficient = "rate" | "epsilon";

/** The slots under some settings. */
export function momentSlots({ amsgrad }: AdaptiveMomentSettings): readonly MomentSlot[] {
  return amsgrad ? ["m", "v", "largest"] : ["m", "v"];
}

/** Both corrections of the moments as two numbers: `mHat / (sqrt(vHat) + e) = m (c2 / c1) / (sqrt(v) + e c2)`. */
export function momentCoefficients({
  step,
  learningRate,
  settings: { beta1, beta2, epsilon },
}: UpdateTime<AdaptiveMomentSettings>): Readonly<Record<MomentCoefficient, number>> {
  const c1 = 1 - beta1 ** step;
  const c2 = Math.sqrt(1 - beta2 ** step);
  return { rate: (learningRate * c2) / c1, epsilon: epsilon * c2 };
}

/** `parameter - learningRate mHat / (sqrt(vHat) + epsilon)`, and the new moments, for gradient `g`. */
export function momentStep(
  parameter: Tensor,
  g: Tensor,
  { slots, coefficients, settings }: ParameterUpdate<AdaptiveMomentSettings, MomentSlot, MomentCoefficient>,
): { readonly parameter: Tensor; readonly slots: Partial<Record<MomentSlot, Tensor>> } {
  const { beta1, beta2, amsgrad } = settings;
  const m = blend(slots.m, g, beta1);
  const v = blend(slots.v, g.square(), beta2);
  const largest = amsgrad ? slots.largest.maximum(v) : undefined;
  const root = (largest ?? v).sqrt().add(coefficients.epsilon);
  const moved = parameter.sub(m.div(root).mul(coefficients.rate));
  return { parameter: moved, slots: largest === undefined ? { m, v } : { m, v, largest } };
}
