import { customVjp, recordingTapes } from "@unroll/autograd";
import type { DenseTensor } from "@unroll/tensor";
import {
  currentBackend,
  empty,
  formatShape,
  sameShape,
  scope,
  withBackend,
  type Backend,
  type DType,
  type Shape,
  type Tensor,
} from "@unroll/tensor";

import { CompileError } from "./error.js";
import { mapValues } from "./map-values.js";
import type { Buffer } from "./plan/plan.js";
import { planStep, type BackwardPlan, type ForwardPlan, type PlannedLoop, type StepPlans } from "./plan/plan-step.js";
import { Evaluation } from "./run/evaluate.js";
import { pullBackAgain } from "./run/pull-back-again.js";
import { runnerFor } from "./run/runner-for.js";
import type { Extents } from "./run/scan-layout.js";
import type { ScanInputs, ScanRunner } from "./run/scan-runner.js";
import { bind, stepsOf, viewOf, type SequenceRun } from "./run/sequence-buffers.js";
import { isThere, tableRows, usefulLookup } from "./run/table-lookup.js";
import {
  fill,
  listOf,
  refill,
  type Differentiable,
  type SequenceInputs,
  type SequenceOptions,
  type SequenceOutputs,
  type StepLookup,
} from "./sequence.js";
import {
  traceStep,
  type StepGraph,
  type StepInputs,
  type StepOutputs,
  type StepSizes,
  type Tensors,
} from "./trace/trace-step.js";

/** A step, ready to run over sequences of any length and batch size. */
export class CompiledStep {
  readonly #graph: StepGraph;
  readonly #plans: StepPlans;
  readonly #runners = new WeakMap<Backend, Map<PlannedLoop, ScanRunner>>();

  /** Use {@link compileStep}. */
  constructor(graph: StepGraph) {
    this.#graph = graph;
    this.#plans = planStep(graph);
  }

  /** The step as it was traced; equal for equal steps. */
  get text(): string {
    return this.#graph.text;
  }

  /** How the step runs over time; see `explain`. */
  get plans(): StepPlans {
    return this.#plans;
  }

  /**
   * Runs the step over a sequence, on the selected backend: as one program where it runs programs, else by its kernels, as planned. It is
   * one operation of autograd, with a derivative of its own; where no tape records it, nothing is kept for one.
   *
   * @throws CompileError `mismatch` for other names or sizes than the step was compiled for; in a backward pass, `unsupported` where that is
   * recorded in turn and there is no `step` in the options.
   */
  run(inputs: SequenceInputs, { reverse = false, step }: SequenceOptions = {}): SequenceOutputs {
    const backend = currentBackend();
    const run: SequenceRun = { ...this.#check(inputs), reverse, backend, rows: inputs.rows };
    const leaves = [...Object.values(inputs.weights), ...Object.values(inputs.steps), ...Object.values(inputs.state)];
    const lookup = usefulLookup(inputs, run);
    const tableAt = leaves.length;
    const readAt = tableAt + 1;
    if (lookup !== undefined) leaves.push(lookup.table, lookup.read ?? (inputs.steps[lookup.step] as Tensor));
    const { inference, training } = this.#plans;
    const forward = recordingTapes(leaves) > 0 ? training.forward : inference;
    if (leaves.every(({ interpreter }) => interpreter.level === 0))
      return this.#forward(forward, { ...inputs, lookup }, run).outputs;
    let made: Forward | undefined;
    const backward = training.backward({ weights: recorded(inputs.weights), steps: recorded(inputs.steps) });
    const states = recorded(inputs.state);
    const innerFrom = 1 + Object.keys(inputs.state).length;
    const call = customVjp(
      (...values: Tensor[]): readonly Tensor[] => {
        const given = { ...refill(inputs, values), lookup: lookup && { ...lookup, table: values[tableAt] as Tensor } };
        return listOf((made = this.#forward(forward, given, run)).outputs);
      },
      (cotangents, { inputs: values, retainGraph, complete, isWatched }) => {
        const { left, outputs } = made as Forward;
        const over = retainGraph ? undefined : backward.over;
        const received = { ...fill(outputs, cotangents), backward, states, left, over };
        // The gradient of what was read goes to the table, unless somebody looks at it on its way.
        const passed = lookup && !isWatched(readAt) && isThere(lookup) ? lookup : undefined;
        const given = { ...refill(inputs, values), lookup: passed && { ...passed, table: values[tableAt] as Tensor } };
        const { gradients, watched } =
          recordingTapes([...values, ...cotangents]) > 0
            ? pullBackAgain(step ?? this.#refuse(), { ...given, rows: inputs.rows }, { cotangents, reverse })
            : on(backend, () => scope(() => this.#pullBack(given, received, run)));
        watched.forEach((gradient, index) => complete(innerFrom + index, gradient));
        return leaves.map((_, index) => gradients[index]);
      },
      { name: this.#graph.sizes.name, innerFrom },
    );
    const values = call(...leaves);
    return fill((made as Forward).outputs, values);
  }

  #refuse(): never {
    throw new CompileError(
      "unsupported",
      `${this.#graph.sizes.name}: a derivative of its derivative needs the step itself; pass it to run as step`,
    );
  }

  #forward(loop: ForwardPlan, inputs: Given, run: SequenceRun): Forward {
    const { buffers, state } = scope(() => {
      const given = bind(loop, { steps: inputs.steps }, run);
      const { lookup } = inputs;
      const runner = this.#runner(loop, run.backend);
      const computed = lookup && runner.readsTables ? loop.tables[lookup.step] : undefined;
      const fromTable = lookup && computed && { ...tableRows(loop, lookup, run), computed };
      const result = runner.run({ ...startOf(inputs, run), given, fromTable });
      return { buffers: result.buffers, state: mapValues(inputs.state, (_, name) => result.last(name)) };
    });
    const output = viewOf(buffers, loop.plan, loop.output, run);
    const watched = mapValues(loop.watched, (row) => stepsOf(buffers, loop.plan, row, run));
    return { left: buffers, outputs: { output, state, watched } };
  }

  #pullBack(
    inputs: Given,
    back: Cotangents,
    run: SequenceRun,
  ): {
    readonly gradients: (Tensor | undefined)[];
    readonly watched: readonly Tensor[];
  } {
    const { backward } = back;
    const { lookup } = inputs;
    const given = bind(backward, { steps: inputs.steps, back }, run);
    for (const [buffer, x] of back.left) if (!given.has(buffer)) given.set(buffer, x);
    for (const [gradients, activations] of back.over ?? []) given.set(gradients, given.get(activations) as DenseTensor);
    const runner = this.#runner(backward, run.backend);
    const added = lookup && runner.readsTables ? backward.tables[lookup.step] : undefined;
    const toTable = lookup && added && { ...tableRows(backward, lookup, run), ...added };
    const ofTable = toTable?.result && empty([1, ...toTable.table.shape], "float32");
    if (ofTable !== undefined) given.set(toTable?.result as Buffer, ofTable);
    const result = runner.run({ ...startOf({ ...inputs, state: back.state }, run), given, toTable });
    const evaluation = new Evaluation(inputs.weights, result.totals);
    const gradients = [
      ...Object.keys(inputs.weights).map((name) => {
        const node = backward.weights[name];
        return node && evaluation.valueOf(node);
      }),
      ...Object.keys(inputs.steps).map((name) => {
        const row = backward.steps[name];
        return row && (ofTable === undefined || name !== lookup?.step)
          ? viewOf(result.buffers, backward.plan, row, run)
          : undefined;
      }),
      ...Object.keys(inputs.state).map((name) => (back.states.includes(name) ? result.last(name) : undefined)),
      ...(ofTable === undefined ? [] : [ofTable.reshape(ofTable.shape.slice(1))]),
    ];
    // What depends on nothing has only the gradient that comes in.
    const watched = Object.entries(backward.watched).flatMap(([name, row]) =>
      row === undefined ? (back.watched[name] ?? []) : stepsOf(result.buffers, backward.plan, row, run),
    );
    return { gradients, watched };
  }

  #runner(loop: PlannedLoop, backend: Backend): ScanRunner {
    let runners = this.#runners.get(backend);
    if (runners === undefined) this.#runners.set(backend, (runners = new Map<PlannedLoop, ScanRunner>()));
    let runner = runners.get(loop);
    if (runner === undefined) runners.set(loop, (runner = runnerFor(loop.plan, backend, this.#graph.sizes.name)));
    return runner;
  }

  #check({ lookup, ...inputs }: SequenceInputs): Extents {
    const { sizes } = this.#graph;
    const { weights, rows, steps, state } = inputs;
    for (const kind of ["weights", "rows", "steps", "state"] as const) {
      const other = Object.keys(inputs[kind]).find((name) => !(name in sizes[kind]));
      if (other === undefined) continue;
      const own = Object.keys(sizes[kind]).join(", ") || "none";
      throw new CompileError("mismatch", `${sizes.name}: has no ${other} among its ${kind}, which are ${own}`);
    }
    const [batch = 0, time = 0] = steps[Object.keys(sizes.steps)[0] as string]?.shape ?? [];
    for (const [name, shape] of Object.entries(sizes.weights)) this.#expect("weight", name, weights[name], shape);
    for (const [name, width] of Object.entries(sizes.rows)) this.#expect("row", name, rows[name], [batch, width]);
    for (const [name, width] of Object.entries(sizes.steps)) this.#expect("step", name, steps[name], [batch, time, width]);
    for (const [name, width] of Object.entries(sizes.state)) this.#expect("state", name, state[name], [batch, width]);
    if (lookup !== undefined) {
      const { step, table, indices } = lookup;
      this.#expect("table of step", step, table, [table.shape[0] as number, sizes.steps[step] ?? NaN]);
      this.#expect("indices of step", step, indices, [batch, time], "int32");
    }
    if (batch > 0 && time > 0) return { batch, time };
    throw new CompileError("mismatch", `${sizes.name}: needs at least one row and one step, got ${batch} and ${time}`);
  }

  #expect(kind: string, name: string, x: Tensor | undefined, shape: Shape, dtype: DType = "float32"): void {
    if (x?.dtype === dtype && sameShape(x.shape, shape)) return;
    const found = x === undefined ? "none" : `${x.dtype} ${formatShape(x.shape)}`;
    throw new CompileError(
      "mismatch",
      `${this.#graph.sizes.name}: ${kind} ${name} must be ${dtype} ${formatShape(shape)}, got ${found}`,
    );
  }
}

/**
 * Traces a step and its derivative, and plans how it runs over a whole sequence. Steps with equal graphs are one.
 *
 * @throws CompileError `untraceable` for a step that reads elements or what is not among its inputs, `unsupported` for one that moves
 * data between rows, or uses an operation that has no form for rows.
 */
export function compileStep(step: (inputs: StepInputs) => StepOutputs, sizes: StepSizes): CompiledStep {
  checkSizes(sizes);
  const graph = traceStep(step, sizes);
  const key = `${sizes.name}\n${graph.text}`;
  const known = compiledSteps.get(key)?.deref();
  if (known !== undefined) return known;
  for (const [text, other] of compiledSteps) if (other.deref() === undefined) compiledSteps.delete(text);
  const compiled = new CompiledStep(graph);
  compiledSteps.set(key, new WeakRef(compiled));
  return compiled;
}

function checkSizes({ name, weights, rows, steps, state }: StepSizes): void {
  for (const [input, size] of Object.entries({ ...rows, ...steps, ...state, ...weights })) {
    if ([size].flat().every((length) => Number.isInteger(length) && length >= 0)) continue;
    throw new CompileError("mismatch", `${name}: sizes are integers >= 0, got ${String(size)} for ${input}`);
  }
  if (Object.keys(steps).length === 0)
    throw new CompileError("mismatch", `${name}: needs an input that changes from step to step`);
}

// Steps that are in use, by their graphs: equal steps share their programs.
const compiledSteps = new Map<string, WeakRef<CompiledStep>>();

// What a loop runs over: plain values.
type Given = Differentiable & { readonly lookup: StepLookup | undefined };

// What a forward loop gave, and what it has left for a backward one.
interface Forward {
  readonly left: ReadonlyMap<Buffer, DenseTensor>;
  readonly outputs: SequenceOutputs;
}

// What a backward loop starts from: cotangents of what the forward loop gave, and what that has left.
interface Cotangents extends SequenceOutputs {
  readonly backward: BackwardPlan;
  /** First states whose gradients are wanted. */
  readonly states: readonly string[];
  /** What the forward loop has left. */
  readonly left: Forward["left"];
  /** Gradients to be written over activations; undefined where those are needed again. */
  readonly over: ReadonlyMap<Buffer, Buffer> | undefined;
}

// Names of what a tape watches: others need no gradient.
function recorded(tensors: Tensors): string[] {
  return Object.keys(tensors).filter((name) => recordingTapes([tensors[name] as Tensor]) > 0);
}

function startOf(
  { weights, state }: Given,
  { time, batch }: SequenceRun,
): Pick<ScanInputs, "time" | "batch" | "initial" | "evaluation"> {
  return { time, batch, initial: state, evaluation: new Evaluation(weights) };
}

// What a loop makes lies where the loop runs, though another backend be selected when gradients are asked for.
function on<R>(backend: Backend, run: () => R): R {
  return currentBackend() === backend ? run() : withBackend(backend, run);
}
