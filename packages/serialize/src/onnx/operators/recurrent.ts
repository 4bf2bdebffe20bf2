import { fromTypedArray, stack, where, zeros, type Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import type { Operator, OperatorCall } from "../operator-call.js";
import { traceOf, type Trace } from "../trace.js";
import { activationsByName } from "./activations.js";
import { recurrentSteps, type RecurrentKind, type RecurrentStep, type RecurrentWeights } from "./recurrent-steps.js";

const activationNames: Readonly<Record<RecurrentKind, readonly string[]>> = {
  RNN: ["Tanh"],
  GRU: ["Sigmoid", "Tanh"],
  LSTM: ["Sigmoid", "Tanh", "Tanh"],
};

/**
 * RNN, GRU or LSTM of ONNX with every attribute and optional input. What ONNX leaves open: a row of length 0 ends in its initial
 * state.
 *
 * X `[time, batch, input]`, W `[directions, G*H, input]`, R `[directions, G*H, H]`, B `[directions, 2*G*H]`, P
 * `[directions, 3*H]`; Y `[time, directions, batch, H]`, Y_h and Y_c `[directions, batch, H]`. `layout = 1` puts the batch first.
 */
export function recurrentOperator(kind: RecurrentKind): Operator {
  return (call) => {
    const batchFirst = call.int("layout", 0) === 1;
    const stateAxis = batchFirst ? 1 : 0;
    const x = batchFirst ? call.input(0).permute([1, 0, 2]) : call.input(0);
    const [, batch] = x.shape as [number, number, number];
    const hidden = call.input(2).shape[2] as number;
    const trace = traceOf(call.inputs);
    if (trace !== undefined) return writeAgain(trace, call, { x, batchFirst });
    const steps = directionSteps(call, kind);
    const running = runningRows(call.optional(4), x.shape);
    const runs = steps.map(({ step, reverse }, index) => {
      const states = [5, 6].slice(0, kind === "LSTM" ? 2 : 1).map((input) => {
        const given = call.optional(input);
        return given === undefined ? zeros([batch, hidden]) : part(given, stateAxis, index);
      });
      const weights = directionWeights(call, index);
      return runDirection(x, { step: (at, before) => step(weights, at, before), states, reverse, running });
    });
    const y = stack(
      runs.map(({ outputs }) => outputs),
      { axis: 1 },
    );
    const states = (which: number): Tensor =>
      stack(
        runs.map((run) => run.states[which] as Tensor),
        { axis: stateAxis },
      );
    return [batchFirst ? y.permute([2, 0, 1, 3]) : y, states(0), ...(kind === "LSTM" ? [states(1)] : [])];
  };
}

// The same node in another graph, time first: not every runtime knows `layout`.
function writeAgain(
  trace: Trace,
  call: OperatorCall,
  { x, batchFirst }: { readonly x: Tensor; readonly batchFirst: boolean },
): readonly Tensor[] {
  const [time, batch] = x.shape as [number, number, number];
  const [directions, , hidden] = call.input(2).shape as [number, number, number];
  const turned = (state: Tensor): Tensor => (batchFirst ? state.permute([1, 0, 2]) : state);
  const inputs = call.inputs.map((input, index) =>
    index === 0 ? x : index === 5 || index === 6 ? input && turned(input) : input,
  );
  const state = { shape: [directions, batch, hidden], dtype: x.dtype };
  const [y, ...states] = trace.node(call.node.opType, inputs, {
    attributes: Object.fromEntries(call.node.attribute.filter(({ name }) => name !== "layout").map((own) => [own.name, own])),
    forms: [
      { shape: [time, directions, batch, hidden], dtype: x.dtype },
      ...(call.node.opType === "LSTM" ? [state, state] : [state]),
    ],
  }) as readonly Tensor[] as [Tensor, ...Tensor[]];
  return [batchFirst ? y.permute([2, 0, 1, 3]) : y, ...states.map(turned)];
}

function directionSteps(call: OperatorCall, kind: RecurrentKind): { readonly step: RecurrentStep; readonly reverse: boolean }[] {
  const direction = call.text("direction", "forward");
  const reverses = { forward: [false], reverse: [true], bidirectional: [false, true] }[direction];
  if (reverses === undefined) return fail("format", `run ONNX: ${call.described} has direction ${JSON.stringify(direction)}`);
  const defaults = activationNames[kind];
  const names = call.texts("activations") ?? reverses.flatMap(() => defaults);
  if (names.length !== defaults.length * reverses.length) {
    return fail(
      "format",
      `run ONNX: ${call.described} needs ${defaults.length * reverses.length} activations, got ${names.length}`,
    );
  }
  const all = activationsByName(names, { alphas: call.floats("activation_alpha"), betas: call.floats("activation_beta") });
  const limit = call.float("clip", Infinity);
  return reverses.map((reverse, index) => ({
    reverse,
    step: recurrentSteps[kind]({
      activations: all.slice(index * defaults.length, (index + 1) * defaults.length),
      clip: limit === Infinity ? (sum) => sum : (sum) => sum.maximum(-limit).minimum(limit),
      linearBeforeReset: call.int("linear_before_reset", 0) !== 0,
      inputForget: call.int("input_forget", 0) !== 0,
    }),
  }));
}

function directionWeights(call: OperatorCall, index: number): RecurrentWeights {
  const rows = call.input(2).shape[1] as number;
  const biases = call.optional(3);
  const [wb, rb] = (biases === undefined ? zeros([2 * rows]) : part(biases, 0, index)).split(2, { axis: 0 }) as [Tensor, Tensor];
  const peepholes = call.optional(7);
  return {
    w: part(call.input(1), 0, index),
    r: part(call.input(2), 0, index),
    wb,
    rb,
    peepholes: peepholes === undefined ? [] : part(peepholes, 0, index).split(3, { axis: 0 }),
  };
}

function part(x: Tensor, axis: number, index: number): Tensor {
  return x.slice({ axis, start: index, stop: index + 1 }).squeeze({ axis });
}

// Per step, which rows still run: [batch, 1], or undefined when all do.
function runningRows(lengths: Tensor | undefined, [time = 0]: readonly number[]): ((t: number) => Tensor) | undefined {
  if (lengths === undefined) return undefined;
  const counts = Array.from(lengths.toTypedArray());
  if (counts.every((count) => count >= time)) return undefined;
  return (t) =>
    fromTypedArray(
      Uint8Array.from(counts, (count) => (t < count ? 1 : 0)),
      [counts.length, 1],
    );
}

interface DirectionRun {
  readonly step: (x: Tensor, states: readonly Tensor[]) => readonly Tensor[];
  readonly states: readonly Tensor[];
  readonly reverse: boolean;
  readonly running: ((t: number) => Tensor) | undefined;
}

// Backwards, a row waits in its initial state until the walk reaches its own end.
function runDirection(
  x: Tensor,
  { step, states, reverse, running }: DirectionRun,
): { readonly outputs: Tensor; readonly states: readonly Tensor[] } {
  const inputs = x.unstack({ axis: 0 });
  const outputs = new Array<Tensor>(inputs.length);
  let current = states;
  for (let i = 0; i < inputs.length; i++) {
    const t = reverse ? inputs.length - 1 - i : i;
    const next = step(inputs[t] as Tensor, current);
    const rows = running?.(t);
    outputs[t] = rows === undefined ? (next[0] as Tensor) : where(rows, next[0] as Tensor, 0);
    current = rows === undefined ? next : next.map((state, which) => where(rows, state, current[which] as Tensor));
  }
  const empty = states[0] as Tensor;
  return { outputs: outputs.length > 0 ? stack(outputs, { axis: 0 }) : zeros([0, ...empty.shape]), states: current };
}
