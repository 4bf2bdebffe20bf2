import {
  currentBackend,
  DenseTensor,
  empty,
  evaluator,
  onBackend,
  sameShape,
  scope,
  sizeOf,
  TensorError,
  type Shape,
  type ShapedArray,
  type Tensor,
} from "@unroll/tensor";

import { CompileError } from "./error.js";
import { planScan } from "./plan/plan-scan.js";
import type { Buffer, Place, ScanPlan } from "./plan/plan.js";
import { makeBuffer, placeIn } from "./plan/row-places.js";
import { elementwise, Lowering } from "./rows/lower.js";
import type { Row } from "./rows/row.js";
import { Evaluation } from "./run/evaluate.js";
import { runsPrograms, type ProgramBackend } from "./run/program-backend.js";
import type { ProgramScan } from "./run/program-scan.js";
import { programFor } from "./run/runner-for.js";
import { Probe } from "./trace/probe.js";
import type { Tensors } from "./trace/trace-step.js";
import { Trace } from "./trace/tracer.js";

// Elements are read as rows of so many; the last row may overlap the one before, since nothing is written in place.
const width = 64;
const batch = 61;

interface FusedProgram {
  readonly plan: ScanPlan;
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  readonly runners: WeakMap<ProgramBackend, ProgramScan | undefined>;
}

// What a function gave, by places, and the program for that; undefined where it cannot be done in one pass.
interface Outcome {
  readonly made: readonly number[];
  readonly program: FusedProgram | undefined;
}

// Functions of so many inputs, and what came of what they do.
interface Followed {
  readonly probe: Probe;
  readonly outcomes: WeakMap<object, Outcome[]>;
}

const followed = new Map<number, Followed>();

// Functions of so many inputs that do yet another thing at each call are forgotten from here on.
const mostRemembered = 10_000;

let following = false;

/**
 * Runs an element-wise function over tensors of one shape as one pass over memory: the same bits as by its operations, without what
 * they make on the way. `fn` is followed at each call, so that numbers in it may change from call to call; programs are kept by what it does.
 *
 * @param fn - from tensors to tensors, element by element, without regard to their shape.
 * @param inputs - float32 tensors of one shape.
 * @returns undefined where that cannot be done: without a backend that runs programs, below 64 elements, for other dtypes, under a tape,
 * or for a function that uses other tensors, or operations that are not element-wise, or calls `fuse` in turn.
 */
export function fuse<const T extends readonly Tensor[]>(
  fn: (...inputs: { [K in keyof T]: Tensor }) => readonly Tensor[],
  inputs: T,
): Tensor[] | undefined {
  const backend = currentBackend();
  const shape: Shape = inputs[0]?.shape ?? [];
  const size = sizeOf(shape);
  const fits = inputs.every((x) => x.dtype === "float32" && sameShape(x.shape, shape) && x.interpreter.level === 0);
  if (!runsPrograms(backend) || size < width || !fits) return undefined;
  const outcome = unlessRefused(() => follow(fn as (...inputs: Tensor[]) => readonly Tensor[], inputs.length));
  if (outcome?.program === undefined) return undefined;
  const { program, numbers } = outcome;
  return scope(() => runFused(program, { inputs, numbers, shape, size, backend }));
}

// What the function does this time.
function follow(
  fn: (...inputs: Tensor[]) => readonly Tensor[],
  count: number,
): { readonly program: FusedProgram | undefined; readonly numbers: readonly number[] } {
  if (following) refuse();
  let known = followed.get(count);
  if (known === undefined || known.probe.size > mostRemembered) {
    const leaves = Array.from({ length: count }, (): ShapedArray => ({ shape: [batch, width], dtype: "float32" }));
    followed.set(count, (known = { probe: new Probe(leaves), outcomes: new WeakMap() }));
  }
  const { probe, outcomes } = known;
  following = true;
  try {
    const made = fn(...probe.start());
    const places = made.map((x) => probe.placeOf(x));
    const { path, numbers } = probe;
    const before = outcomes.get(path) ?? [];
    let outcome = before.find(
      ({ made: other }) => other.length === places.length && other.every((place, index) => place === places[index]),
    );
    if (outcome === undefined) {
      outcome = { made: places, program: unlessRefused(() => fusedProgram(probe, { count, made })) };
      outcomes.set(path, [...before, outcome]);
    }
    return { program: outcome.program, numbers };
  } finally {
    following = false;
  }
}

function unlessRefused<R>(run: () => R): R | undefined {
  try {
    return run();
  } catch (error) {
    // Shapes that do not fit are a sign of a function that minds them: as operations it may be right, or say so itself.
    if (error instanceof CompileError || error instanceof TensorError) return undefined;
    throw error;
  }
}

// What is one element of what it is made of, beside the element-wise operations.
const pointwise: ReadonlySet<string> = new Set(["leaf", "constant", "cast"]);

function refuse(): never {
  throw new CompileError("unsupported", "fuse: the function must work element by element");
}

function inputName(index: number): string {
  return `input ${index}`;
}

function numberName(index: number): string {
  return `number ${index}`;
}

function fusedProgram(probe: Probe, { count, made }: { readonly count: number; readonly made: readonly Tensor[] }): FusedProgram {
  let numbers = 0;
  const trace = new Trace("fuse", batch, () => numberName(numbers++));
  const names = Array.from({ length: count }, (_, index) => inputName(index));
  const leafOf = (name: string): Tensor => trace.leaf({ kind: "step", name }, { shape: [batch, width], dtype: "float32" });
  const values = probe.replay(trace, names.map(leafOf));
  for (const { operation } of trace.graph.nodes) {
    if (!pointwise.has(operation) && !elementwise.has(operation)) refuse();
  }
  for (const { shape, dtype } of made) if (dtype !== "float32" || !sameShape(shape, [batch, width])) refuse();
  const lowering = new Lowering({ name: "fuse", batch });
  const inputs = names.map((name) => makeBuffer(name, width, "given"));
  const given = new Map<Row, Place>(
    inputs.map((buffer) => [lowering.rows.leaf({ kind: "step", name: buffer.name }, width), placeIn(buffer)]),
  );
  const rows = made.map((x) => lowering.rows.own(lowering.row(trace.nodeOf(values[probe.placeOf(x)] as Tensor))));
  const plan = planScan({ name: "forward", carried: [], history: false, kept: rows, totals: [], given });
  return { plan, inputs, outputs: rows.map((row) => plan.placeOf(row).buffer), runners: new WeakMap() };
}

function runFused(
  { plan, outputs, inputs, runners }: FusedProgram,
  run: {
    readonly inputs: readonly Tensor[];
    readonly numbers: readonly number[];
    readonly shape: Shape;
    readonly size: number;
    readonly backend: ProgramBackend;
  },
): Tensor[] | undefined {
  const { shape, size, backend } = run;
  if (!runners.has(backend)) runners.set(backend, programFor(plan, backend, "fuse"));
  const runner = runners.get(backend);
  if (runner === undefined) return undefined;
  const blocks = new Map<Buffer, DenseTensor>();
  inputs.forEach((buffer, index) => {
    const x = onBackend((run.inputs[index] as Tensor).toDense(), backend);
    blocks.set(buffer, x.isContiguous ? x : x.copy().toDense());
  });
  const results = outputs.map((buffer) => {
    // One value that is given twice lies in one place.
    const block = blocks.get(buffer) ?? empty(shape, "float32");
    blocks.set(buffer, block);
    return block;
  });
  const evaluation = new Evaluation(scalars(run.numbers));
  const rowsAt = (first: number, count: number): void => {
    const given = new Map<Buffer, DenseTensor>();
    for (const [buffer, { storage, offset }] of blocks) {
      given.set(buffer, new DenseTensor(storage, { shape: [1, count, width], offset: offset + first }, evaluator));
    }
    runner.run({ time: 1, batch: count, given, initial: {}, evaluation });
  };
  rowsAt(0, Math.floor(size / width));
  if (size % width > 0) rowsAt(size - width, 1);
  return results;
}

// Side by side in one block, by the names they have as weights.
function scalars(numbers: readonly number[]): Tensors {
  const block = empty([numbers.length], "float32");
  block.window().set(numbers);
  const found: Record<string, Tensor> = {};
  for (let offset = 0; offset < numbers.length; offset++) {
    found[numberName(offset)] = new DenseTensor(block.storage, { shape: [], offset }, evaluator);
  }
  return found;
}
