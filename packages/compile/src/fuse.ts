import { DenseTensor, empty, evaluator, onBackend, sameShape, scope, sizeOf, type Shape, type Tensor } from "@unroll/tensor";

import { CompileError } from "./error.js";
import { mapValues } from "./map-values.js";
import { planScan } from "./plan/plan-scan.js";
import type { Buffer, Place, ScanPlan } from "./plan/plan.js";
import { makeBuffer, placeIn } from "./plan/row-places.js";
import { elementwise, Lowering } from "./rows/lower.js";
import type { Row } from "./rows/row.js";
import { Evaluation } from "./run/evaluate.js";
import { programBackend, type ProgramBackend } from "./run/program-backend.js";
import { ScanRunner } from "./run/scan-runner.js";
import { Probe } from "./trace/probe.js";
import type { Tensors } from "./trace/trace-step.js";
import { Trace } from "./trace/tracer.js";

// Elements are read as rows of so many; the last row may overlap the one before, since nothing is written in place.
const width = 64;
const batch = 61;

interface FusedProgram {
  readonly plan: ScanPlan;
  readonly inputs: readonly (readonly [name: string, buffer: Buffer])[];
  readonly outputs: readonly (readonly [name: string, buffer: Buffer])[];
  readonly runners: WeakMap<ProgramBackend, ScanRunner>;
}

// By what their functions do; undefined for one that cannot be done in one pass.
const programs = new Map<string, FusedProgram | undefined>();

/**
 * Runs an element-wise function over tensors of one shape as one pass over memory: the same bits as by its operations, without what
 * they make on the way. `fn` is followed at each call, so that numbers in it may change from call to call; programs are kept by what it does.
 *
 * @param fn - from tensors by name to tensors by name, element by element, without regard to their shape.
 * @param inputs - float32 tensors of one shape.
 * @returns undefined where that cannot be done: without a backend that runs programs, below 64 elements, for other dtypes, under a tape,
 * or for a function that uses other tensors, or operations that are not element-wise.
 */
export function fuse(fn: (inputs: Tensors) => Tensors, inputs: Tensors): Tensors | undefined {
  const backend = programBackend();
  const names = Object.keys(inputs);
  const shape: Shape = inputs[names[0] ?? ""]?.shape ?? [];
  const size = sizeOf(shape);
  const fits = Object.values(inputs).every(
    (x) => x.dtype === "float32" && sameShape(x.shape, shape) && x.interpreter.level === 0,
  );
  if (backend === undefined || size < width || !fits) return undefined;
  const probe = new Probe();
  const followed = unlessRefused(() => {
    const made = fn(leaves(names, () => probe.leaf([batch, width], "float32")));
    return { made, key: `${JSON.stringify(names)} ${probe.textOf(made)}` };
  });
  if (followed === undefined) return undefined;
  const { made, key } = followed;
  if (!programs.has(key)) {
    programs.set(
      key,
      unlessRefused(() => fusedProgram(probe, names, made)),
    );
  }
  const program = programs.get(key);
  const run = { inputs, numbers: probe.numbers, shape, size, backend };
  return program && unlessRefused(() => scope(() => runFused(program, run)));
}

function leaves(names: readonly string[], make: (name: string) => Tensor): Tensors {
  const made: Record<string, Tensor> = {};
  for (const name of names) made[name] = make(name);
  return made;
}

function unlessRefused<R>(run: () => R): R | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
}

// What is one element of what it is made of, beside the element-wise operations.
const pointwise: ReadonlySet<string> = new Set(["leaf", "constant", "cast"]);

function refuse(): never {
  throw new CompileError("unsupported", "fuse: the function must work element by element");
}

function numberName(index: number): string {
  return `number ${index}`;
}

function fusedProgram(probe: Probe, names: readonly string[], made: Tensors): FusedProgram {
  let numbers = 0;
  const trace = new Trace("fuse", batch, () => numberName(numbers++));
  const leafOf = (name: string): Tensor => trace.leaf({ kind: "step", name }, { shape: [batch, width], dtype: "float32" });
  const values = probe.replay(trace, names.map(leafOf));
  for (const { operation } of trace.graph.nodes) {
    if (!pointwise.has(operation) && !elementwise.has(operation)) refuse();
  }
  for (const { shape, dtype } of Object.values(made)) if (dtype !== "float32" || !sameShape(shape, [batch, width])) refuse();
  const lowering = new Lowering({ name: "fuse", batch });
  const inputs = names.map((name) => [name, makeBuffer(name, width, "given")] as const);
  const given = new Map<Row, Place>(
    inputs.map(([name, buffer]) => [lowering.rows.leaf({ kind: "step", name }, width), placeIn(buffer)]),
  );
  const rows = mapValues(made, (x) => lowering.rows.own(lowering.row(trace.nodeOf(values[probe.placeOf(x)] as Tensor))));
  const plan = planScan({ name: "forward", carried: [], history: false, kept: Object.values(rows), totals: [], given });
  const outputs = Object.entries(rows).map(([name, row]) => [name, plan.placeOf(row).buffer] as const);
  return { plan, inputs, outputs, runners: new WeakMap() };
}

function runFused(
  { plan, outputs, inputs, runners }: FusedProgram,
  run: {
    readonly inputs: Tensors;
    readonly numbers: readonly number[];
    readonly shape: Shape;
    readonly size: number;
    readonly backend: ProgramBackend;
  },
): Tensors {
  const { shape, size, backend } = run;
  let runner = runners.get(backend);
  if (runner === undefined) runners.set(backend, (runner = new ScanRunner(plan, backend, "fuse")));
  const blocks = new Map<Buffer, DenseTensor>();
  for (const [name, buffer] of inputs) {
    const x = onBackend((run.inputs[name] as Tensor).toDense(), backend);
    blocks.set(buffer, x.isContiguous ? x : x.copy().toDense());
  }
  const results: Record<string, Tensor> = {};
  for (const [name, buffer] of outputs) {
    // Two names of one value lie in one place.
    const block = blocks.get(buffer) ?? empty(shape, "float32");
    blocks.set(buffer, block);
    results[name] = block;
  }
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
