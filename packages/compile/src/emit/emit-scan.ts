import type { KernelOperation, Operation, Phase, Place, ProductOperation, ProgramPlan } from "../plan/plan.js";
import { emitAddress } from "./emit-address.js";
import { calledFunctions, emitPass } from "./emit-pass.js";
import { Frame } from "./frame.js";
import { FunctionBody, ModuleWriter, type FunctionType, type ValueType } from "./wasm-writer.js";

/** A loop over time as a WebAssembly module, and where it looks for its operands. */
export interface EmittedScan {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly frame: Frame;
}

const i32s = (count: number): ValueType[] => new Array<ValueType>(count).fill("i32");
const takes = (count: number): FunctionType => ({ parameters: i32s(count), results: [] });
const kernelNames = { sum: "sum", max: "maxOf", min: "minOf", softmax: "softmax", logSoftmax: "logSoftmax" } as const;

/**
 * Writes the program of a plan. It exports `before`, `loop` and `after`, each `(frame, from, to, panels)`, for a range of rows:
 * of the batch in the loop, which goes over the steps that the frame says, of all steps outside; and the kernels that its caller needs:
 * `packRight`, `matmulPacked` and `sum`.
 */
export function emitScan(plan: ProgramPlan, { relaxed }: { readonly relaxed: boolean }): EmittedScan {
  const frame = new Frame(plan);
  const writer = new ModuleWriter();
  const kernels = Object.entries({ packRight: 8, matmulPacked: 11, sum: 7 }).map(([name, count]) => ({
    name,
    count,
    index: writer.import("kernels", name, takes(count)),
  }));
  const multiply = kernels[1]?.index as number;
  const kernelOf = ({ name }: KernelOperation): number =>
    writer.import("kernels", kernelNames[name], takes(isSoftmax(name) ? 4 : 7));
  for (const operation of plan.operations) if (operation.kind === "kernel") kernelOf(operation);
  const functions = new Map<string, number>();
  for (const operation of plan.operations) {
    for (const { operation: name, args } of operation.kind === "pass" ? operation.rows : []) {
      if (!calledFunctions.has(name)) continue;
      functions.set(name, writer.import("kernels", `${name}OfFour`, { parameters: args.map(() => "v128"), results: ["v128"] }));
    }
  }
  const context = { plan, frame, relaxed, functionOf: (name: string) => functions.get(name) as number };
  const passes = new Map<Operation, number>();
  for (const operation of plan.operations) {
    if (operation.kind === "pass") passes.set(operation, writer.add(emitPass(operation, context)));
  }
  for (const phase of ["before", "loop", "after"] as const) {
    writer.add(emitPhase(phase, { plan, frame, passes, multiply, kernelOf }), phase);
  }
  for (const { name, count, index } of kernels) writer.add(forward(index, count), name);
  return { bytes: writer.bytes(), frame };
}

interface PhaseContext {
  readonly plan: ProgramPlan;
  readonly frame: Frame;
  readonly passes: ReadonlyMap<Operation, number>;
  readonly multiply: number;
  readonly kernelOf: (operation: KernelOperation) => number;
}

function emitPhase(phase: Phase, { plan, frame, passes, multiply, kernelOf }: PhaseContext): FunctionBody {
  const body = new FunctionBody(takes(4));
  const t = body.local("i32");
  const emitOperations = (): void => {
    for (const operation of plan.operations.filter((entry) => entry.phase === phase)) {
      if (operation.kind === "pass")
        body
          .get(0)
          .get(t)
          .get(1)
          .get(2)
          .op("call", passes.get(operation) as number);
      else if (operation.kind === "product") emitProduct(body, frame, operation, { t, multiply });
      else emitKernel(body, frame, operation, { t, kernel: kernelOf(operation) });
    }
  };
  if (phase !== "loop") {
    emitOperations();
    return body;
  }
  const backward = plan.name === "backward";
  const step = (word: number): FunctionBody => body.get(0).memory("i32.load", word * 4);
  if (backward) step(frame.to).integer(1).op("i32.sub").set(t);
  else step(frame.from).set(t);
  body.open("block").open("loop").get(t);
  step(backward ? frame.from : frame.to)
    .op(backward ? "i32.lt_s" : "i32.ge_s")
    .op("br_if", 1);
  emitOperations();
  body
    .get(t)
    .integer(backward ? -1 : 1)
    .op("i32.add")
    .set(t)
    .op("br", 0)
    .op("end")
    .op("end");
  return body;
}

function emitProduct(
  body: FunctionBody,
  frame: Frame,
  { left, out, rights, inner, columns }: ProductOperation,
  { t, multiply }: { readonly t: number; readonly multiply: number },
): void {
  emitCell(body, frame, left, t);
  body
    .get(0)
    .memory("i32.load", frame.base(left.buffer) + 8)
    .integer(2)
    .op("i32.shr_s")
    .integer(1);
  body.get(0).memory("i32.load", frame.product(rights));
  emitCell(body, frame, out, t);
  emitCount(body).integer(columns).integer(inner).get(3).integer(0).integer(columns).op("call", multiply);
}

function emitKernel(
  body: FunctionBody,
  frame: Frame,
  { name, from, out, width }: KernelOperation,
  { t, kernel }: { readonly t: number; readonly kernel: number },
): void {
  emitCell(body, frame, from, t);
  emitCell(body, frame, out, t);
  emitCount(body).integer(width);
  if (!isSoftmax(name)) body.integer(1).integer(0).integer(1);
  body.op("call", kernel);
}

// The address of the first row of the range.
function emitCell(body: FunctionBody, frame: Frame, place: Place, t: number): void {
  emitAddress(body, frame, place, { frame: 0, t, row: 1 });
  if (place.offset > 0) body.integer(place.offset * 4).op("i32.add");
}

function emitCount(body: FunctionBody): FunctionBody {
  return body.get(2).get(1).op("i32.sub");
}

// An export that passes its arguments on.
function forward(index: number, count: number): FunctionBody {
  const body = new FunctionBody(takes(count));
  for (let argument = 0; argument < count; argument++) body.get(argument);
  return body.op("call", index);
}

function isSoftmax(name: KernelOperation["name"]): boolean {
  return name === "softmax" || name === "logSoftmax";
}
