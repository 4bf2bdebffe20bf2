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

/** The largest difference between both engines, as a share of the largest magnitude, by what was compared. */
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
    return {
      ...mapValues(tape, (expected, name) => difference(program[name] as Tensor, expected)),
      "output without a tape": difference(forward.output, tape["output"] as Tensor),
      ...Object.fromEntries(
        Object.entries(forward.state).map(([name, got]) => [
          `${name} without a tape`,
          difference(got, tape[`state ${name}`] as Tensor),
        ]),
      ),
    };
  });
}

type Inputs = Readonly<Record<"weights" | "steps" | "state" | "rows", Tensors>>;

// Values, and gradients of a weighted sum of everything that comes out.
function resultsOf(inputs: Inputs, run: (given: Inputs) => StepOutputs, seed: number): Record<string, Tensor> {
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
  return {
    output: output.toDense(),
    ...Object.fromEntries(Object.entries(state).map(([name, x]) => [`state ${name}`, x.toDense()])),
    ...Object.fromEntries(names.map((name, index) => [name, (gradients[index] as Tensor).toDense()])),
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

function difference(got: Tensor, expected: Tensor): number {
  const [a, b] = [got.toTypedArray(), expected.toTypedArray()];
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  let worst = 0;
  for (let index = 0; index < b.length; index++) {
    const value = b[index] as number;
    if (Object.is(value, a[index])) {
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
      continue;
    }
    largest = Math.max(largest, Math.abs(value));
    const gap = Math.abs((a[index] as number) - value);
    worst = Math.max(worst, Number.isNaN(gap) ? Infinity : gap);
  }
  return worst === 0 ? 0 : worst / Math.max(largest, 1e-30);
}
