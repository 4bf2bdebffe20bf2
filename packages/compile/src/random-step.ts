import { concat, where, type Tensor } from "@unroll/tensor";
import * as fc from "fast-check";

import type { StepInputs, StepOutputs, StepSizes } from "./trace/trace-step.js";

/** One line of a random step: an operation by name, and where its operands stand among the values before it. */
interface Line {
  readonly operation: string;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** A random step as plain data, so that a failure shrinks to one that can be read. */
export interface RandomStep {
  readonly input: number;
  /** Widths of the states. */
  readonly states: readonly number[];
  readonly lines: readonly Line[];
}

interface Operands {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly weight: Tensor;
  readonly cut: number;
}

// Widths of a, of b and of what comes out; b is as wide as a. `weight` says which weight an operation has.
interface Kind {
  readonly text: string;
  readonly weight?: (width: number, other: number) => readonly number[];
  readonly width?: (width: number, other: number, cut: number) => number;
  readonly run: (operands: Operands) => Tensor;
}

const operations: Readonly<Record<string, Kind>> = {
  product: {
    text: "a W",
    weight: (width, other) => [width, other],
    width: (_, other) => other,
    run: ({ a, weight }) => a.matmul(weight),
  },
  transposed: {
    text: "a W^T",
    weight: (width, other) => [other, width],
    width: (_, other) => other,
    run: ({ a, weight }) => a.matmul(weight.transpose()),
  },
  bias: { text: "a + v", weight: (width) => [width], run: ({ a, weight }) => a.add(weight) },
  gain: { text: "a * v", weight: (width) => [1, width], run: ({ a, weight }) => a.mul(weight) },
  scale: { text: "a * s", weight: () => [1], run: ({ a, weight }) => a.mul(weight.tanh()) },
  tanh: { text: "tanh a", run: ({ a }) => a.tanh() },
  sigmoid: { text: "sigmoid a", run: ({ a }) => a.sigmoid() },
  exp: { text: "exp tanh a", run: ({ a }) => a.tanh().exp() },
  log: { text: "log(1 + a a)", run: ({ a }) => a.mul(a).add(1).log() },
  root: { text: "sqrt(1 + a a)", run: ({ a }) => a.square().add(1).sqrt() },
  sine: { text: "sin a", run: ({ a }) => a.sin() },
  cosine: { text: "cos a", run: ({ a }) => a.cos() },
  log1p: { text: "log1p |a|", run: ({ a }) => a.abs().log1p() },
  expm1: { text: "expm1 tanh a", run: ({ a }) => a.tanh().expm1() },
  power: { text: "(1 + |a|)^1.5", run: ({ a }) => a.abs().add(1).pow(1.5) },
  sign: { text: "a sign a", run: ({ a }) => a.mul(a.sign()) },
  relu: { text: "relu a", run: ({ a }) => a.relu() },
  clip: { text: "clip a", run: ({ a }) => a.maximum(-0.4).minimum(0.5) },
  add: { text: "a + b", run: ({ a, b }) => a.add(b) },
  sub: { text: "a - b", run: ({ a, b }) => a.sub(b) },
  mul: { text: "a * b", run: ({ a, b }) => a.mul(b) },
  div: { text: "a / (1 + b b)", run: ({ a, b }) => a.div(b.square().add(1)) },
  maximum: { text: "max(a, b)", run: ({ a, b }) => a.maximum(b) },
  where: { text: "a < b ? a : tanh b", run: ({ a, b }) => where(a.less(b), a, b.tanh()) },
  either: { text: "(a > 0 or b < 0) a", run: ({ a, b }) => a.mul(a.greater(0).logicalOr(b.less(0)).cast("float32")) },
  head: { text: "a[..k]", width: (_, __, cut) => cut, run: ({ a, cut }) => a.slice({ axis: 1, stop: cut }) },
  tail: { text: "a[w-k..]", width: (_, __, cut) => cut, run: ({ a, cut }) => a.slice({ axis: 1, start: -cut }) },
  beside: { text: "a | b", width: (width) => width * 2, run: ({ a, b }) => concat([a, b], { axis: 1 }) },
  halves: {
    text: "parts of a, turned round",
    run: ({ a, cut }) => concat(a.split([cut, (a.shape[1] as number) - cut], { axis: 1 }).reverse(), { axis: 1 }),
  },
  column: { text: "a * sum(b)", run: ({ a, b }) => a.mul(b.sum({ axes: 1, keepDims: true }).tanh()) },
  normal: {
    text: "a normalised",
    run: ({ a }) => {
      const centred = a.sub(a.mean({ axes: 1, keepDims: true }));
      return centred.div(centred.square().mean({ axes: 1, keepDims: true }).add(0.1).sqrt());
    },
  },
  softmax: { text: "softmax a", run: ({ a }) => a.softmax() },
};

const names = Object.keys(operations);

/** A step made of one to three states and up to ten operations. */
export const randomStep: fc.Arbitrary<RandomStep> = fc.record({
  input: fc.integer({ min: 1, max: 10 }),
  states: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 3 }),
  lines: fc.array(
    fc.record({
      operation: fc.constantFrom(...names),
      a: fc.nat(20),
      b: fc.nat(20),
      c: fc.nat(20),
    }),
    { minLength: 1, maxLength: 10 },
  ),
});

interface Value {
  readonly text: string;
  readonly width: number;
  readonly of: (inputs: StepInputs, values: readonly Tensor[]) => Tensor;
}

/** The step of a recipe, its sizes, and how it reads. */
export function buildStep({ input, states, lines }: RandomStep): {
  readonly step: (inputs: StepInputs) => StepOutputs;
  readonly sizes: StepSizes;
  readonly text: string;
} {
  const weights: Record<string, readonly number[]> = {};
  const values: Value[] = [
    { text: `x [${input}]`, width: input, of: ({ steps }) => steps["x"] as Tensor },
    ...states.map((width, index) => ({
      text: `s${index} [${width}]`,
      width,
      of: ({ state }: StepInputs) => state[`s${index}`] as Tensor,
    })),
  ];
  lines.forEach(({ operation, a, b, c }, index) => {
    const kind = operations[operation] as Kind;
    const left = a % values.length;
    const { width } = values[left] as Value;
    const same = values.flatMap((value, position) => (value.width === width ? [position] : []));
    const right = same[b % same.length] as number;
    const other = (c % 10) + 1;
    const cut = (c % width) + 1;
    const own = kind.width?.(width, other, cut) ?? width;
    if (own > 64) return;
    const shape = kind.weight?.(width, other);
    if (shape !== undefined) weights[`w${index}`] = shape;
    values.push({
      text: `${kind.text} with a = v${left}, b = v${right}, k = ${cut} [${own}]`,
      width: own,
      of: (inputs, before) =>
        kind.run({ a: before[left] as Tensor, b: before[right] as Tensor, weight: inputs.weights[`w${index}`] as Tensor, cut }),
    });
  });
  const last = values.length - 1;
  const next = states.map((width, index) => {
    const from = Math.max(0, last - index);
    weights[`next${index}`] = [(values[from] as Value).width, width];
    return from;
  });
  const sizes: StepSizes = {
    name: "random",
    weights,
    rows: {},
    steps: { x: input },
    state: Object.fromEntries(states.map((width, index) => [`s${index}`, width])),
  };
  const step = (inputs: StepInputs): StepOutputs => {
    const made: Tensor[] = [];
    for (const value of values) made.push(value.of(inputs, made));
    const state = Object.fromEntries(
      next.map((from, index) => [`s${index}`, (made[from] as Tensor).matmul(inputs.weights[`next${index}`] as Tensor).tanh()]),
    );
    return { output: made[last] as Tensor, state };
  };
  const text = [
    ...values.map((value, index) => `v${index} = ${value.text}`),
    `output v${last}`,
    ...next.map((from, index) => `s${index} = tanh(v${from} W)`),
  ].join("\n");
  return { step, sizes, text };
}
