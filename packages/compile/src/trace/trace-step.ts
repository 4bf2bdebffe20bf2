import { Tape, type Variable } from "@unroll/autograd";
import { scalar, scope, Tensor, withBackend, type Shape } from "@unroll/tensor";

import { CompileError } from "../error.js";
import { mapValues } from "../map-values.js";
import { formatBatched, graphText, hasMultipleOf, type Graph, type LeafKind, type Node } from "./graph.js";
import { Trace, Tracer } from "./tracer.js";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What a step reads. */
export interface StepInputs {
  /** Without a batch axis, the same at every step. */
  readonly weights: Tensors;
  /** `[batch, width]`, the same at every step. */
  readonly rows: Tensors;
  /** `[batch, width]`, another at every step. */
  readonly steps: Tensors;
  /** `[batch, width]`, from the step before. */
  readonly state: Tensors;
}

/** What a step gives. */
export interface StepOutputs {
  /** `[batch, width]` */
  readonly output: Tensor;
  /** For the next step, under the names and in the shapes of the state that came in. */
  readonly state: Tensors;
  /** Values `[batch, width]` to look at: a run gives them, and their gradients, for every step. */
  readonly watched?: Tensors | undefined;
}

/** Sizes of what goes into a step; everything is float32. */
export interface StepSizes {
  /** In errors and `explain`. */
  readonly name: string;
  readonly weights: Readonly<Record<string, Shape>>;
  /** Widths. */
  readonly rows: Readonly<Record<string, number>>;
  readonly steps: Readonly<Record<string, number>>;
  readonly state: Readonly<Record<string, number>>;
}

/** What the cotangent of a watched value is called. */
export function watchedName(name: string): string {
  return `watched ${name}`;
}

/** One step, traced together with its derivative. */
export interface StepGraph {
  readonly graph: Graph;
  readonly sizes: StepSizes;
  /** The size that stands for the batch in every shape. */
  readonly batch: number;
  readonly output: Node;
  readonly state: Readonly<Record<string, Node>>;
  readonly watched: Readonly<Record<string, Node>>;
  /** Gradients by name; undefined where nothing depends on a value. */
  readonly gradients: Readonly<Record<"weights" | "steps" | "state" | "watched", Readonly<Record<string, Node | undefined>>>>;
  /** The graph as text; equal for equal steps. */
  readonly text: string;
}

/**
 * Runs `step` once on tensors without elements, and its derivative, by the rules of autograd, on what it recorded.
 *
 * @throws CompileError `untraceable`
 */
export function traceStep(step: (inputs: StepInputs) => StepOutputs, sizes: StepSizes): StepGraph {
  const before: StepGraph[] = [];
  for (const batch of batchSizes(sizes)) {
    const traced = traceAt(step, sizes, batch);
    // Where one of the two is also a size that the step makes by itself, others tell more.
    const other = before.find((known) => !isTaken(known.batch, traced) && !isTaken(batch, known));
    if (other?.text === traced.text) return other;
    if (other !== undefined) {
      throw new CompileError(
        "untraceable",
        `${sizes.name}: does something else for another batch size, or each time it runs; use engine: "tape"`,
      );
    }
    before.push(traced);
  }
  throw new CompileError("unsupported", `${sizes.name}: no batch size is free to stand for any; use engine: "tape"`);
}

function isTaken(size: number, { graph, batch }: StepGraph): boolean {
  return hasMultipleOf(size, graph, batch);
}

function traceAt(step: (inputs: StepInputs) => StepOutputs, sizes: StepSizes, batch: number): StepGraph {
  const trace = new Trace(sizes.name, batch);
  return withBackend(trace.backend, () => scope(() => record(step, sizes, { trace, batch })));
}

function record(
  step: (inputs: StepInputs) => StepOutputs,
  sizes: StepSizes,
  { trace, batch }: { readonly trace: Trace; readonly batch: number },
): StepGraph {
  const tape = new Tape();
  const leaf = (kind: LeafKind, name: string, shape: Shape): Tracer => trace.leaf({ kind, name }, { shape, dtype: "float32" });
  const rows = (kind: LeafKind, widths: Readonly<Record<string, number>>): Record<string, Tracer> =>
    mapValues(widths, (width, name) => leaf(kind, name, [batch, width]));
  const inputsOf = (leaves: Readonly<Record<string, Tracer>>): Record<string, Variable> =>
    mapValues(leaves, (x) => tape.variable(x));
  const weights = inputsOf(mapValues(sizes.weights, (shape, name) => leaf("weight", name, shape)));
  const steps = inputsOf(rows("step", sizes.steps));
  const state = inputsOf(rows("state", sizes.state));
  const made = step({ weights, steps, state, rows: rows("row", sizes.rows) });
  checkOutputs(made, sizes, batch);
  const { watched: seen = {} } = made;
  for (const [name, x] of Object.entries(seen)) {
    if (!Object.values<Tensor>(state).includes(x)) continue;
    throw new CompileError("untraceable", `${sizes.name}: the watched ${name} is a state of the step before; watch it there`);
  }
  const results: (readonly [string, Tensor])[] = [
    ["output", made.output],
    ...Object.keys(sizes.state).map((name) => [`state ${name}`, made.state[name] as Tensor] as const),
    ...Object.entries(seen).map(([name, x]) => [watchedName(name), x] as const),
  ];
  const isRecorded = (x: Tensor): x is Variable => x.interpreter === tape;
  const recorded = results.filter((result): result is readonly [string, Variable] => isRecorded(result[1]));
  const cotangents = recorded.map(([name, { shape }]) => leaf("cotangent", name, shape));
  const variables = [weights, steps, state, seen].flatMap((record) => Object.values<Tensor>(record).filter(isRecorded));
  const outputs = recorded.map(([, x]) => x);
  const found = gradientsOf(tape, { outputs, cotangents, inputs: variables });
  const take = (record: Tensors): Record<string, Node | undefined> =>
    mapValues(record, (x) => {
      const gradient = isRecorded(x) ? found.shift() : undefined;
      return gradient instanceof Tracer ? gradient.node : undefined;
    });
  const gradients = { weights: take(weights), steps: take(steps), state: take(state), watched: take(seen) };
  const nodeOf = (x: Tensor): Node => trace.nodeOf(isRecorded(x) ? x.value : x);
  const output = nodeOf(made.output);
  const next = mapValues(sizes.state, (_, name) => nodeOf(made.state[name] as Tensor));
  const watched = mapValues(seen, nodeOf);
  const ends = [
    `output = n${output.id}`,
    ...Object.entries(next).map(([name, node]) => `state ${name} = n${node.id}`),
    ...Object.entries(watched).map(([name, node]) => `watched ${name} = n${node.id}`),
    ...Object.entries(gradients).flatMap(([kind, record]) =>
      Object.entries(record).map(([name, node]) => `gradient of ${kind} ${name} = ${node === undefined ? 0 : `n${node.id}`}`),
    ),
  ];
  const text = `${graphText(trace.graph, batch)}\n${ends.join("\n")}`;
  return { graph: trace.graph, sizes, batch, output, state: next, watched, gradients, text };
}

// One operation that has all outputs as inputs, so that one walk starts at all of them.
function gradientsOf(
  tape: Tape,
  {
    outputs,
    cotangents,
    inputs,
  }: { readonly outputs: readonly Variable[]; readonly cotangents: readonly Tensor[]; readonly inputs: readonly Variable[] },
): (Tensor | undefined)[] {
  if (outputs.length === 0) return inputs.map(() => undefined);
  const [end] = tape.record({ name: "step", inputs: outputs, outputs: [scalar(0)], pullback: () => cotangents });
  return tape.gradients(end as Tensor, inputs, { seed: scalar(1), unused: "zeros" });
}

// Steps may be written in JavaScript, where they give anything.
function checkOutputs(made: StepOutputs | undefined, sizes: StepSizes, batch: number): asserts made is StepOutputs {
  const refuse = (what: string): never => {
    throw new CompileError("untraceable", `${sizes.name}: ${what}`);
  };
  const check = (what: string, got: unknown, width?: number): void => {
    const found = Tensor.isTensor(got) ? `${got.dtype} ${formatBatched(got.shape, batch)}` : "none";
    const fits = Tensor.isTensor(got) && got.dtype === "float32" && got.shape.length === 2 && got.shape[0] === batch;
    if (fits && (width === undefined || got.shape[1] === width)) return;
    refuse(`${what} must be float32 [batch, ${width ?? "width"}], got ${found}`);
  };
  const { output, state, watched = {} }: Partial<StepOutputs> = made ?? {};
  check("the output", output);
  for (const [name, width] of Object.entries(sizes.state)) check(`the next ${name}`, state?.[name], width);
  for (const name of Object.keys(state ?? {})) {
    if (!(name in sizes.state)) refuse(`gives a state ${name} that it does not get; give its width among the sizes`);
  }
  for (const [name, x] of Object.entries(watched)) check(`the watched ${name}`, x);
}

// Primes that are no factor of any size.
function batchSizes({ weights, rows, steps, state }: StepSizes): number[] {
  const taken = [...Object.values(weights).flat(), ...[rows, steps, state].flatMap((record) => Object.values(record))];
  return [61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157].filter((prime) =>
    taken.every((size) => size === 0 || size % prime !== 0),
  );
}
