import { scope, type Tensor } from "@unroll/tensor";

import { blend } from "./blend.js";
import { checkShare } from "./check-setting.js";
import { checkFits } from "./check-tensors.js";
import { OptimizerError } from "./error.js";
import { mapNamed, type Named, type Optimizer, type OptimizerState } from "./optimizer.js";

const slot = "average";

/**
 * Keeps an exponential moving average of the weights beside an optimizer, in slot `average` of its state: the weights
 * after the first update, then `decay` (default 0.999) of the average and the rest of the new weights. PyTorch's
 * AveragedModel with `get_ema_avg_fn`. Read it with {@link averagedWeights}.
 *
 * @throws OptimizerError `option` unless 0 <= decay < 1.
 */
export function averageWeights(
  optimizer: Optimizer<OptimizerState>,
  { decay = 0.999 }: { readonly decay?: number } = {},
): Optimizer<OptimizerState> {
  checkShare("averageWeights: decay", decay);
  return {
    ...optimizer,
    init(parameters) {
      const state = optimizer.init(parameters);
      return { ...state, slots: { ...state.slots, [slot]: mapNamed(parameters, (parameter) => parameter.copy()) } };
    },
    update(gradients, state, parameters) {
      const before = state.slots[slot] ?? {};
      for (const [name, value] of Object.entries(before)) {
        const parameter = parameters[name];
        if (parameter !== undefined) checkFits(value, parameter, { optimizer: optimizer.name, name, slot });
      }
      const updated = optimizer.update(gradients, state, parameters);
      const average = mapNamed(updated.parameters, (parameter, name) =>
        state.step === 0 || before[name] === undefined
          ? parameter.copy()
          : scope(() => blend(before[name] as Tensor, parameter, decay)),
      );
      return { ...updated, state: { ...updated.state, slots: { ...updated.state.slots, [slot]: average } } };
    },
  };
}

/**
 * The averaged weights of a state, as `loadStateDict` takes them.
 *
 * @throws OptimizerError `state` when the optimizer was not made by {@link averageWeights}.
 */
export function averagedWeights({ slots }: OptimizerState): Named {
  const average = slots[slot];
  if (average === undefined) {
    throw new OptimizerError(
      "state",
      "averagedWeights: the state needs slot average, got none; wrap the optimizer with averageWeights()",
    );
  }
  return average;
}
