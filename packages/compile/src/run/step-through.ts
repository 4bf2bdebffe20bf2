import { stack, type Tensor } from "@unroll/tensor";

import { mapValues } from "../map-values.js";
import type { SequenceInputs, SequenceOptions, SequenceOutputs } from "../sequence.js";
import type { StepInputs, StepOutputs } from "../trace/trace-step.js";

/** Runs a step over a sequence, one after the other: what a compiled step does at once. */
export function stepThrough(
  step: (inputs: StepInputs) => StepOutputs,
  inputs: SequenceInputs,
  { reverse = false }: Pick<SequenceOptions, "reverse">,
): SequenceOutputs {
  const slices = mapValues(inputs.steps, (x) => x.unstack({ axis: 1 }));
  const time = Object.values(inputs.steps)[0]?.shape[1] ?? 0;
  const outputs = new Array<Tensor>(time);
  const watched: Record<string, Tensor[]> = {};
  let { state } = inputs;
  for (let read = 0; read < time; read++) {
    const t = reverse ? time - 1 - read : read;
    const next = step({ ...inputs, steps: mapValues(slices, (at) => at[t] as Tensor), state });
    state = next.state;
    outputs[t] = next.output;
    for (const [name, x] of Object.entries(next.watched ?? {})) (watched[name] ??= new Array<Tensor>(time))[t] = x;
  }
  return { output: stack(outputs, { axis: 1 }), state, watched };
}
