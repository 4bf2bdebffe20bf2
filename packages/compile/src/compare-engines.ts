import { Tape } from "@unroll/autograd";
import { createGenerator, normal, scope, stack, type Shape, type Tensor } from "@unroll/tensor";

import { compileStep } from "./compiled-step.js";
import { mapValues, type StepInputs, type StepOutputs, type StepSizes, type Tensors } from "./trace/trace-step.js";

/** How {@link compareEngines} runs a step. */
export interface Comparison {
  readonly batch: number;
  readonly time: number;
  readonly reverse?: boolean;
  readonly seed?: number;
  /** Deviation of weights and inputs, default 0.5. */
  readonly deviation?: number;
}

/** The largest difference between both engines, as a share of the largest value or gradient, by what was compared. */
export type Differences = Readonly<Record<string, number>>;

/** Runs a step compiled and on the tape, over the same random sequence, and compares values and all gradients. */
export function compareEngines(
  step: (inputs: StepInputs) => StepOutputs,
  sizes: StepSizes,
  { batch, time, reverse = false, seed = 1, deviation = 0.5 }: Comparison,
): Differences {
  return scope(() => {
    const generator = createGenerator(seed);
    const draw = (shape: Shape): Tensor => normal(shape, { generator, deviation });
    const inputs = {
      weights: mapValues(sizes.weights, draw),
      steps: mapValues(sizes.steps, (width) => draw([batch, time, width])),
      state: mapValues(sizes.state, (width) => draw([batch, width])),
      rows: mapValues(sizes.rows, (width) => draw([batch, width])),
    };
    const compiled = compileStep(step, sizes);
    const tape = resultsOf(inputs, (given) => loop(step, given, reverse), seed);
    const program = resultsOf(inputs, (given) => compiled.run(given, { reverse }), seed);
    const forward = compiled.run(inputs, { reverse });
    const values = { ...program.values, "output without a tape": forward.output };
    for (const [name, x] of Object.entries(forward.state)) Object.assign(values, { [`state ${name} without a tape`]: x });
    return { ...differences(values, tape.values), ...differences(program.gradients, tape.gradients) };
  });
}

// Sums that cancel have no digits of their own: differences are measured against the largest element of all.
function differences(got: Tensors, expected: Tensors): Differences {
  const numbers = mapValues(expected, (x) => Array.from(x.toTypedArray()));
  const largest = Object.values(numbers)
    .flat()
    .reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1e-30);
  return mapValues(got, (x, name) => {
    const wanted = numbers[name.replace(" without a tape", "")] as number[];
    const found = x.toTypedArray();
    if (found.length !== wanted.length) return Infinity;
    const gaps = wanted.map((value, index) => (Object.is(value, found[index]) ? 0 : Math.abs((found[index] as number) - value)));
    return gaps.reduce((worst, gap) => (Number.isNaN(gap) ? Infinity : Math.max(worst, gap)), 0) / largest;
  });
}

type Inputs = Readonly<Record<"weights" | "steps" | "state" | "rows", Tensors>>;

// Values, and gradients of a weighted sum of everything that comes out.
function resultsOf(
  inputs: Inputs,
  run: (given: Inputs) => StepOutputs,
  seed: number,
): { readonly values: Tensors; readonly gradients: Tensors } {
  const tape = new Tape();
  const watched = {
    weights: mapValues(inputs.weights, (x) => tape.variable(x)),
    steps: mapValues(inputs.steps, (x) => tape.variable(x)),
    state: mapValues(inputs.state, (x) => tape.variable(x)),
  };
  const { output, state } = run({ ...watched, rows: inputs.rows });
  const generator = createGenerator(seed + 1);
  const ends = [output, ...Object.values(state)].map((x) => x.mul(normal(x.shape, { generator })).sum());
  const loss = ends.reduce((sum, end) => sum.add(end));
  const names = Object.entries(watched).flatMap(([kind, record]) =>
    Object.keys(record).map((name) => `gradient of ${kind} ${name}`),
  );
  const variables = Object.values(watched).flatMap((record) => Object.values(record));
  const gradients =
    loss.interpreter === tape ? tape.gradients(loss, variables, { unused: "zeros" }) : variables.map((x) => x.mul(0));
  const values = { output, ...Object.fromEntries(Object.entries(state).map(([name, x]) => [`state ${name}`, x])) };
  return {
    values: mapValues(values, (x) => x.toDense()),
    gradients: Object.fromEntries(names.map((name, index) => [name, (gradients[index] as Tensor).toDense()])),
  };
}

function loop(step: (inputs: StepInputs) => StepOutputs, inputs: Inputs, reverse: boolean): StepOutputs {
  const slices = mapValues(inputs.steps, (x) => x.unstack({ axis: 1 }));
  const time = Object.values(inputs.steps)[0]?.shape[1] ?? 0;
  const outputs = new Array<Tensor>(time);
  let { state } = inputs;
  for (let read = 0; read < time; read++) {
    const t = reverse ? time - 1 - read : read;
    const next = step({ ...inputs, steps: mapValues(slices, (at) => at[t] as Tensor), state });
    state = next.state;
    outputs[t] = next.output;
  }
  return { output: stack(outputs, { axis: 1 }), state };
}
