import { differentiate } from "@unroll/nn";
import { isFloat, scope, type Tensor } from "@unroll/tensor";

import { cutBatch, type Batch } from "../batch.js";
import type { TrainingErrorPlace } from "../error.js";
import type { SequenceModel } from "../sequence-model.js";
import type { TruncatedWindow } from "../truncate.js";
import { runWindow, type WindowStart } from "../window-gradients.js";
import { recurrentLayers, watchSteps } from "./watch-steps.js";

/** A back-propagation that went bad. */
export interface BadWindow extends WindowStart {
  readonly batch: Batch;
  readonly window: TruncatedWindow;
}

/** Where it did. */
export interface FoundPlace {
  readonly description: string;
  readonly place: Pick<TrainingErrorPlace, "layer" | "gate" | "time">;
}

/** Runs a window again and says which value was the first that is not finite; undefined if all are this time. */
export function locateNotFinite(model: SequenceModel, bad: BadWindow): FoundPlace | undefined {
  return scope(() => {
    const { batch, window } = bad;
    const { inputs } = cutBatch(batch, window);
    if (isFloat(inputs.dtype) && !allFinite(inputs)) return { description: "the inputs hold it already", place: {} };
    let found: FoundPlace | undefined;
    let prediction: Tensor | undefined;
    const run = (): void => {
      ({ prediction } = runWindow(model, batch, window, bad));
    };
    if (recurrentLayers(model).length === 0) run();
    else {
      watchSteps(
        model,
        ({ layer, time: t, gates, state }) => {
          if (found !== undefined) return;
          const values = (kind: string, named: Readonly<Record<string, Tensor>>): (readonly [string, string, Tensor])[] =>
            Object.entries(named).map(([name, x]) => [kind, name, x]);
          const kinds = [...values("gate", gates), ...values("state", state)];
          const first = kinds.find(([, , x]) => !allFinite(x));
          if (first === undefined) return;
          const time = window.start + t;
          const [kind, gate] = first;
          found = {
            description: `${kind} ${gate} of layer ${layer} went first, at time step ${time}`,
            place: { layer, gate, time },
          };
        },
        run,
      );
    }
    if (found !== undefined) return found;
    if (prediction === undefined || !allFinite(prediction)) {
      return { description: "the layers above the recurrent ones made it, in the predictions", place: {} };
    }
    return locateInGradients(model, bad);
  });
}

function locateInGradients(model: SequenceModel, bad: BadWindow): FoundPlace | undefined {
  const { loss, gradients } = differentiate(model, () => runWindow(model, bad.batch, bad.window, bad).loss);
  if (!allFinite(loss)) return { description: "the predictions are finite, the loss of them is not", place: {} };
  const names = Object.keys(gradients).filter((name) => !allFinite(gradients[name] as Tensor));
  if (names.length === 0) return undefined;
  return { description: `the loss is finite, the gradients of ${names.slice(0, 4).join(", ")} are not`, place: {} };
}

function allFinite(x: Tensor): boolean {
  return x.toTypedArray().every(Number.isFinite);
}
