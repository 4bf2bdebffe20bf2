import { sameShape, type Tensor } from "@unroll/tensor";

import { CompileError } from "../error.js";
import type { Buffer, PassOperation, Place, ProgramPlan } from "../plan/plan.js";
import { makeBuffer, placeIn } from "../plan/row-places.js";
import { elementwise, Lowering } from "../rows/lower.js";
import { reach, type ElementRow, type Row } from "../rows/row.js";
import type { Graph } from "../trace/graph.js";
import { Trace } from "../trace/tracer.js";

/** A function of tensors, and of numbers, which it sees as tensors of shape []. */
export type ElementFunction = (tensors: readonly Tensor[], numbers: readonly Tensor[]) => readonly Tensor[];

/** How many of each an {@link ElementFunction} takes. */
export interface FusedInputs {
  readonly tensors: number;
  /** Default 0. */
  readonly numbers?: number;
}

/** An element-wise function as one pass over rows. */
export interface ElementPass {
  readonly plan: ProgramPlan;
  readonly operation: PassOperation;
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  /** Names of the numbers among the weights of the graph. */
  readonly numbers: readonly string[];
}

// Stands for the number of rows.
const batch = 61;

// What is one element of what it is made of, beside the element-wise operations.
const pointwise: ReadonlySet<string> = new Set(["leaf", "constant", "cast"]);

/** @throws CompileError `untraceable`, `unsupported` */
export function elementPass(fn: ElementFunction, { tensors, numbers = 0 }: FusedInputs, width: number): ElementPass {
  const trace = new Trace("fuse", batch);
  const names = { inputs: namesOf("input", tensors), numbers: namesOf("number", numbers) };
  const made = fn(
    names.inputs.map((name) => trace.leaf({ kind: "step", name }, { shape: [batch, width], dtype: "float32" })),
    names.numbers.map((name) => trace.leaf({ kind: "weight", name }, { shape: [], dtype: "float32" })),
  );
  if (tensors === 0 || made.length === 0) refuse();
  for (const { shape, dtype } of made) if (dtype !== "float32" || !sameShape(shape, [batch, width])) refuse();
  const results = made.map((x) => trace.nodeOf(x));
  checkElementwise(trace.graph);
  const lowering = new Lowering({ name: "fuse", batch });
  const inputs = names.inputs.map((name) => makeBuffer(name, width, "given"));
  const places = new Map<Row, Place>(
    inputs.map((buffer) => [lowering.rows.leaf({ kind: "step", name: buffer.name }, width), placeIn(buffer)]),
  );
  const rows = results.map((node) => lowering.rows.own(lowering.row(node)) as ElementRow);
  const outputs = namesOf("output", rows.length).map((name) => makeBuffer(name, width, "given"));
  // A loop whose body is empty: all is done for all rows before it.
  const operation: PassOperation = {
    kind: "pass",
    phase: "before",
    width,
    rows: reach(rows, (row) => row.kind !== "element").filter((row) => row.kind === "element"),
    // One value that is given twice is written twice.
    stores: [...new Set(rows)].map((row) => ({
      row,
      places: outputs.filter((_, index) => rows[index] === row).map((buffer) => placeIn(buffer)),
    })),
  };
  const plan: ProgramPlan = {
    name: "forward",
    buffers: [...inputs, ...outputs],
    operations: [operation],
    placeOf: (row) => places.get(row) ?? refuse(),
  };
  return { plan, operation, inputs, outputs, numbers: names.numbers };
}

function namesOf(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind} ${index}`);
}

function checkElementwise({ nodes }: Graph): void {
  for (const { operation } of nodes) if (!pointwise.has(operation) && !elementwise.has(operation)) refuse();
}

function refuse(): never {
  throw new CompileError("unsupported", "fuse: the function must work element by element");
}
