import { zerosLike, type Tensor } from "@unroll/tensor";

import { mapNamed, type Optimizer, type OptimizerState } from "./optimizer.js";

/** Settings of {@link adam}. */
export interface AdamOptions {
  /** Default 1e-3. */
  readonly learningRate?: number;
  /** Decay of the mean of the gradients, default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares, default 0.999. */
  readonly beta2?: number;
  /** Added to the root, default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma and Ba 2015):
 *
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g^2
 *   p = p - learningRate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 */
export function adam({ learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Optimizer<OptimizerState> {
  return {
    name: "adam",
    init: (parameters) => ({
      step: 0,
      slots: { m: mapNamed(parameters, zerosLike), v: mapNamed(parameters, zerosLike) },
    }),
    update(gradients, { step: before, slots }, parameters) {
      const step = before + 1;
      const size = learningRate / (1 - beta1 ** step);
      const unbias = 1 / Math.sqrt(1 - beta2 ** step);
      const blend = (old: Tensor, fresh: Tensor, decay: number): Tensor => old.mul(decay).add(fresh.mul(1 - decay));
      const m = mapNamed(parameters, (_, name) => blend(slots.m?.[name] as Tensor, gradients[name] as Tensor, beta1));
      const v = mapNamed(parameters, (_, name) => blend(slots.v?.[name] as Tensor, (gradients[name] as Tensor).square(), beta2));
      return {
        parameters: mapNamed(parameters, (p, name) => {
          const root = (v[name] as Tensor).sqrt().mul(unbias).add(epsilon);
          return p.sub((m[name] as Tensor).mul(size).div(root));
        }),
        state: { step, slots: { m, v } },
      };
    },
  };
}
