import { DenseTensor, empty, evaluator, onBackend, scope, sizeOf, withBackend, type Shape, type Tensor } from "@unroll/tensor";

import { CompileError } from "./error.js";
import { mapValues } from "./map-values.js";
import { planScan } from "./plan/plan-scan.js";
import type { Buffer, Place, ScanPlan } from "./plan/plan.js";
import { placeIn } from "./plan/row-places.js";
import { Lowering } from "./rows/lower.js";
import type { Row } from "./rows/row.js";
import { Evaluation } from "./run/evaluate.js";
import { programBackend, type ProgramBackend } from "./run/program-backend.js";
import { ScanRunner } from "./run/scan-runner.js";
import { graphText, type Node } from "./trace/graph.js";
import { Trace, type Tracer } from "./trace/tracer.js";
import type { Tensors } from "./trace/trace-step.js";

// Elements are read as rows of so many; the last row may overlap the one before, since nothing is written in place.
const width = 64;
const batch = 61;

interface FusedProgram {
  readonly plan: ScanPlan;
  readonly outputs: Readonly<Record<string, Row>>;
  readonly inputs: ReadonlyMap<string, Buffer>;
  readonly runners: WeakMap<ProgramBackend, ScanRunner>;
}

const programs = new Map<string, FusedProgram | undefined>();

/**
 * Runs an element-wise function over tensors of one shape as one pass over memory: the same bits as by its operations, without what
 * they make on the way. `fn` is traced at each call, so that numbers in it may change from call to call; programs are kept by its graph.
 *
 * @param fn - from tensors by name to tensors by name, element by element, without regard to their shape.
 * @param inputs - float32 tensors of one shape.
 * @returns undefined where that cannot be done: without a backend that runs programs, below 64 elements, for other dtypes, under a tape,
 * or for a function with operations that are not element-wise.
 */
export function fuse(fn: (inputs: Tensors) => Tensors, inputs: Tensors): Tensors | undefined {
  const backend = programBackend();
  const tensors = Object.values(inputs);
  const shape: Shape = tensors[0]?.shape ?? [];
  const size = sizeOf(shape);
  const fits = tensors.every((x) => x.dtype === "float32" && x.size === size && x.interpreter.level === 0);
  if (backend === undefined || size < width || !fits) return undefined;
  const { key, numbers, plan } = traced(fn, Object.keys(inputs));
  if (!programs.has(key)) programs.set(key, planned(plan));
  const program = programs.get(key);
  return program && scope(() => runFused(program, { inputs, numbers, shape, size, backend }));
}

interface Traced {
  readonly key: string;
  /** Numbers in the function, by the names they have as weights. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly plan: () => FusedProgram;
}

function traced(fn: (inputs: Tensors) => Tensors, names: readonly string[]): Traced {
  const numbers: Record<string, number> = {};
  const trace = new Trace("fuse", batch, (value) => {
    const name = `number ${Object.keys(numbers).length}`;
    numbers[name] = value;
    return name;
  });
  return withBackend(trace.backend, () => {
    const leaf = (name: string): Tracer => trace.leaf({ kind: "step", name }, { shape: [batch, width], dtype: "float32" });
    const made = fn(Object.fromEntries(names.map((name) => [name, leaf(name)])));
    const outputs = mapValues(made, (x) => trace.nodeOf(x));
    const ends = Object.entries(outputs).map(([name, node]) => `${name} = n${node.id}`);
    const plan = (): FusedProgram => planFused(names, outputs);
    return { key: `${graphText(trace.graph, batch)}\n${ends.join("\n")}`, numbers, plan };
  });
}

function planned(plan: () => FusedProgram): FusedProgram | undefined {
  try {
    return plan();
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
}

function planFused(names: readonly string[], outputs: Readonly<Record<string, Node>>): FusedProgram {
  const lowering = new Lowering({ name: "fuse", batch });
  const given = new Map<Row, Place>();
  const inputs = new Map<string, Buffer>();
  for (const name of names) {
    const buffer: Buffer = { name, width, extra: false, extent: "given", flat: false };
    inputs.set(name, buffer);
    given.set(lowering.rows.leaf({ kind: "step", name }, width), placeIn(buffer));
  }
  const rows = mapValues(outputs, (node) => lowering.rows.own(lowering.row(node)));
  const plan = planScan({ name: "forward", carried: [], history: false, kept: Object.values(rows), totals: [], given });
  if (plan.operations.some(({ kind }) => kind !== "pass")) {
    throw new CompileError("unsupported", "fuse: the function must work element by element");
  }
  return { plan, outputs: rows, inputs, runners: new WeakMap() };
}

function runFused(
  { plan, outputs, inputs, runners }: FusedProgram,
  run: {
    readonly inputs: Tensors;
    readonly numbers: Readonly<Record<string, number>>;
    readonly shape: Shape;
    readonly size: number;
    readonly backend: ProgramBackend;
  },
): Tensors {
  const { shape, size, backend } = run;
  const runner = runners.get(backend) ?? new ScanRunner(plan, backend);
  runners.set(backend, runner);
  const results = mapValues(outputs, () => empty(shape, "float32"));
  const blocks = new Map<Buffer, DenseTensor>();
  for (const [name, buffer] of inputs) {
    const x = onBackend((run.inputs[name] as Tensor).toDense(), backend);
    blocks.set(buffer, x.isContiguous ? x : x.copy().toDense());
  }
  for (const [name, row] of Object.entries(outputs)) blocks.set(plan.placeOf(row).buffer, results[name] as DenseTensor);
  const scalars = mapValues(run.numbers, (value) => {
    const x = empty([], "float32");
    x.window()[0] = value;
    return x;
  });
  const evaluation = new Evaluation(scalars);
  const rowsAt = (first: number, count: number): void => {
    const given = new Map<Buffer, DenseTensor>();
    for (const [buffer, { storage, offset }] of blocks) {
      given.set(buffer, new DenseTensor(storage, { shape: [1, count, width], offset: offset + first }, evaluator));
    }
    runner.run({ time: 1, batch: count, given, initial: {}, evaluation });
  };
  rowsAt(0, Math.floor(size / width));
  if (size % width > 0) rowsAt(size - width, 1);
  // Two names of one value lie in one place.
  return mapValues(outputs, (row) => blocks.get(plan.placeOf(row).buffer) as DenseTensor);
}
