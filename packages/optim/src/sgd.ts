import { zerosLike, type Tensor } from "@unroll/tensor";

import { mapNamed, type Optimizer, type OptimizerState } from "./optimizer.js";

/** Settings of {@link sgd}. */
export interface SgdOptions {
  readonly learningRate: number;
  /** Share of the last step that is kept, default 0. */
  readonly momentum?: number;
  /** Looks ahead along the momentum (Sutskever et al. 2013), default false. */
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent with momentum, as PyTorch writes it: `b = momentum b + g; p = p - learningRate b`. */
export function sgd({ learningRate, momentum = 0, nesterov = false }: SgdOptions): Optimizer<OptimizerState> {
  return {
    name: "sgd",
    init: (parameters) => ({ step: 0, slots: momentum === 0 ? {} : { momentum: mapNamed(parameters, zerosLike) } }),
    update(gradients, { step, slots }, parameters) {
      const { momentum: kept } = slots;
      if (kept === undefined) {
        const moved = mapNamed(parameters, (p, name) => p.sub((gradients[name] as Tensor).mul(learningRate)));
        return { parameters: moved, state: { step: step + 1, slots } };
      }
      const buffer = mapNamed(kept, (b, name) => b.mul(momentum).add(gradients[name] as Tensor));
      return {
        parameters: mapNamed(parameters, (p, name) => {
          const g = gradients[name] as Tensor;
          const b = buffer[name] as Tensor;
          return p.sub((nesterov ? g.add(b.mul(momentum)) : b).mul(learningRate));
        }),
        state: { step: step + 1, slots: { momentum: buffer } },
      };
    },
  };
}
