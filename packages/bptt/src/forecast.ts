import { concat, keep, scope, type Tensor } from "@unroll/tensor";

import { check, checkCount, checkWord } from "./check-option.js";
import { TrainingError } from "./error.js";
import { enterEvaluation } from "./evaluation-mode.js";
import { detached, predicted, stateAfter, type ModelState, type SequenceModel } from "./sequence-model.js";

/** How {@link forecast} looks ahead. */
export interface ForecastOptions {
  /** Steps to predict. */
  readonly steps: number;
  /** State before the history; the model's own start when left out. It stays the caller's. */
  readonly state?: ModelState;
  /**
   * `"recursive"` (default): the model predicts one step, which is fed back as its next input. `"direct"`: its last output holds
   * all steps, side by side.
   */
  readonly strategy?: "recursive" | "direct";
  /**
   * Recursive only: the next input `[batch, 1, features]` from the prediction `[batch, 1, targets]` of step 0, 1, … ahead, where
   * they differ, as with a known calendar; the prediction itself when left out.
   */
  readonly nextInput?: (prediction: Tensor, step: number) => Tensor;
}

/** What {@link forecast} gives. */
export interface Forecast {
  /** `[batch, steps, targets]` */
  readonly values: Tensor;
  /** State after the history, to go on from when the next real steps are known. */
  readonly state: ModelState | undefined;
}

/**
 * Predicts what follows a history, the state carried through it and, step by step, beyond it.
 *
 * @param history - `[batch, time, features]`, time at least 1.
 * @throws TrainingError `option` for a history without steps or a strategy that there is not, `model` when the output does not fit the strategy.
 */
export function forecast(model: SequenceModel, history: Tensor, options: ForecastOptions): Forecast {
  const { steps, state, strategy = "recursive", nextInput = (prediction: Tensor) => prediction } = options;
  checkCount("forecast: steps", steps);
  checkWord("forecast: strategy", strategy, ["recursive", "direct"]);
  check((history.shape[1] ?? 0) >= 1, "forecast: needs a history [batch, time >= 1, features]", history);
  const restore = enterEvaluation(model);
  try {
    return scope(() => {
      const read = (inputs: Tensor, before: ModelState | undefined): { next: Tensor; after: ModelState | undefined } => {
        const prediction = model.forward(inputs, before);
        return { next: lastStep(predicted(prediction)), after: stateAfter(prediction) };
      };
      const { next, after } = read(history, state);
      const kept = keep(detached(after));
      if (strategy === "direct") return { values: apart(next, steps), state: kept };
      const values = [next];
      let carried = after;
      for (let step = 1; step < steps; step++) {
        const following = read(nextInput(values[step - 1] as Tensor, step - 1), carried);
        values.push(following.next);
        carried = following.after;
      }
      return { values: concat(values, { axis: 1 }), state: kept };
    });
  } finally {
    restore();
  }
}

// [batch, time, width] or, of a model that gives one output per sequence, [batch, width].
function lastStep(prediction: Tensor): Tensor {
  return prediction.rank === 2 ? prediction.unsqueeze({ axis: 1 }) : prediction.slice({ axis: 1, start: -1 });
}

function apart(last: Tensor, steps: number): Tensor {
  const [batch, , width] = last.shape as [number, number, number];
  if (width % steps !== 0) {
    throw new TrainingError(
      "model",
      `forecast: a direct forecast of ${steps} steps needs outputs of a multiple of that width, got ${width}`,
    );
  }
  return last.reshape([batch, steps, width / steps]);
}
