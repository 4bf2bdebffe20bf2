import { DenseTensor, dispatchOne, empty, evaluator, primitives, sameShape, scalar, scope, type Tensor } from "@unroll/tensor";

import type {
  Buffer,
  KernelOperation,
  Operation,
  PassOperation,
  Phase,
  Place,
  ProductOperation,
  ScanPlan,
  TotalOperation,
} from "../plan/plan.js";
import { placeIn } from "../plan/row-places.js";
import type { ElementRow, Row, Vector } from "../rows/row.js";
import type { Evaluation } from "./evaluate.js";
import { joinRows, type JoinedArgument, type JoinedRow } from "./join-rows.js";
import { joinCuts, rightSide } from "./right-side.js";
import { bufferShape, slotOf } from "./scan-layout.js";
import type { ScanInputs, ScanResult, ScanRunner } from "./scan-runner.js";
import { columnsTotal } from "./sum-over-time.js";

/** A loop over time by the kernels of the selected backend: each operation of the plan for itself. */
export class KernelScan implements ScanRunner {
  readonly readsTables = false;
  readonly #plan: ScanPlan;
  readonly #joined: ReadonlyMap<Operation, readonly JoinedRow[]>;

  constructor(plan: ScanPlan) {
    this.#plan = plan;
    const passes = plan.operations.filter((operation) => operation.kind === "pass");
    this.#joined = new Map(passes.map((pass) => [pass, joinRows(pass, plan)]));
  }

  run(inputs: ScanInputs): ScanResult {
    return new KernelRun(this.#plan, this.#joined, inputs).run();
  }
}

// The rows of one step, or of all steps as one matrix.
type When = number | "all";

interface Reading {
  /** What the pass has computed. */
  readonly known: ReadonlyMap<JoinedRow, Tensor>;
  readonly when: When;
}

const comparisons: ReadonlySet<string> = new Set(["equal", "less", "lessEqual"]);

class KernelRun {
  readonly #plan: ScanPlan;
  readonly #joined: ReadonlyMap<Operation, readonly JoinedRow[]>;
  readonly #inputs: ScanInputs;
  readonly #blocks: Map<Buffer, DenseTensor>;
  // What does not change from step to step. A right side that stays the same tensor is packed once by backends that do so.
  readonly #rights = new Map<ProductOperation, Tensor>();
  readonly #fixed = new Map<JoinedArgument, Tensor>();

  constructor(plan: ScanPlan, joined: ReadonlyMap<Operation, readonly JoinedRow[]>, inputs: ScanInputs) {
    this.#plan = plan;
    this.#joined = joined;
    this.#inputs = inputs;
    this.#blocks = new Map(inputs.given);
    for (const buffer of plan.buffers) {
      if (!this.#blocks.has(buffer)) this.#blocks.set(buffer, empty(bufferShape(buffer, inputs), "float32"));
    }
    for (const operation of plan.operations) {
      if (operation.kind === "product") this.#rights.set(operation, rightSide(joinCuts(operation.rights), inputs.evaluation));
    }
    for (const arg of [...joined.values()].flat().flatMap(({ args }) => args)) {
      const { first, width } = arg;
      if (first.kind === "vector") this.#fixed.set(arg, vectorOf({ ...first, width }, inputs.evaluation));
      else if (first.kind === "literal") this.#fixed.set(arg, scalar(first.value));
    }
  }

  run(): ScanResult {
    const { name, carried, results, totals } = this.#plan;
    const { time, initial, given } = this.#inputs;
    const [start, end] = name === "forward" ? [0, time] : [time, 0];
    for (const state of carried)
      this.#write(placeIn(state.buffer), state.leaf.width, { when: start, value: initial[state.name] as Tensor });
    this.#runPhase("before", "all");
    for (let read = 0; read < time; read++) this.#runPhase("loop", name === "forward" ? read : time - 1 - read);
    this.#runPhase("after", "all");
    return {
      buffers: new Map([...this.#blocks].filter(([buffer]) => given.has(buffer) || results.has(buffer))),
      totals: new Map(totals.map((total) => [total.node, this.#total(total)])),
      last: (state) => {
        const { buffer, leaf } = carried.find((other) => other.name === state) as (typeof carried)[number];
        return this.#read(placeIn(buffer), leaf.width, end).copy();
      },
    };
  }

  #runPhase(phase: Phase, when: When): void {
    scope(() => {
      for (const operation of this.#plan.operations) if (operation.phase === phase) this.#runOperation(operation, when);
    });
  }

  #runOperation(operation: Operation, when: When): void {
    if (operation.kind === "pass") return this.#runPass(operation, when);
    const value = operation.kind === "product" ? this.#product(operation, when) : this.#kernel(operation, when);
    this.#write(operation.out, value.shape[1] as number, { when, value });
  }

  #product(operation: ProductOperation, when: When): Tensor {
    return this.#read(operation.left, operation.inner, when).matmul(this.#rights.get(operation) as Tensor);
  }

  #kernel({ name, from, width }: KernelOperation, when: When): Tensor {
    const x = this.#read(from, width, when);
    return name === "softmax" || name === "logSoftmax" ? x[name]() : x[name]({ axes: 1, keepDims: true });
  }

  // All that is read is read before anything is written: one may lie over the other.
  #runPass(pass: PassOperation, when: When): void {
    const known = new Map<JoinedRow, Tensor>();
    const values = new Map<Row, Tensor>();
    for (const joined of this.#joined.get(pass) ?? []) {
      const whole = this.#element(joined, { known, when });
      known.set(joined, whole);
      joined.rows.forEach((row, index) => values.set(row, columnsOf(whole, index * row.width, row.width)));
    }
    for (const { row, places } of pass.stores) {
      for (const place of places) this.#write(place, row.width, { when, value: values.get(row) as Tensor });
    }
  }

  #element({ rows, args }: JoinedRow, reading: Reading): Tensor {
    const { operation, truth } = rows[0] as ElementRow;
    const value = (index: number, dtype: "bool" | "float32"): Tensor =>
      this.#value(args[index] as JoinedArgument, reading).cast(dtype);
    if (operation === "copy") return value(0, truth ? "bool" : "float32").copy();
    if (operation === "truth" || operation === "number") return value(0, operation === "truth" ? "bool" : "float32");
    // Comparisons give truth, but compare numbers.
    const own = truth && !comparisons.has(operation) ? "bool" : "float32";
    const operands = args.map((_, index) => value(index, operation === "where" && index === 0 ? "bool" : own));
    return dispatchOne(primitives[operation], operands);
  }

  #value(arg: JoinedArgument, { known, when }: Reading): Tensor {
    const { first, from, width } = arg;
    if (first.kind === "literal" || first.kind === "vector") return this.#fixed.get(arg) as Tensor;
    if (from !== undefined) return columnsOf(known.get(from.joined) as Tensor, from.offset, width);
    const x = this.#read(this.#plan.placeOf(first), width, when);
    return first.kind === "element" && first.truth ? x.cast("bool") : x;
  }

  #total(total: TotalOperation): Tensor {
    if (total.kind === "columns") {
      const sums = this.#read(total.of, total.width, "all").sum({ axes: 0, keepDims: true });
      return columnsTotal(sums, total);
    }
    return this.#read(total.a, total.rows, "all")
      .transpose()
      .matmul(this.#read(total.b, total.columns, "all"));
  }

  // Columns of a buffer, without a copy: of the batch at one step, or of all steps one after the other.
  #read({ buffer, offset, shift }: Place, width: number, when: When): DenseTensor {
    const { time, batch } = this.#inputs;
    const block = this.#blocks.get(buffer) as DenseTensor;
    const [perStep, perRow] = block.strides as readonly [number, number];
    const step = when === "all" ? shift : slotOf(buffer, when + shift);
    const rows = when === "all" ? time * batch : batch;
    const start = block.offset + step * perStep + offset;
    return new DenseTensor(block.storage, { shape: [rows, width], strides: [perRow, 1], offset: start }, evaluator);
  }

  #write(place: Place, width: number, { when, value }: { readonly when: When; readonly value: Tensor }): void {
    const target = this.#read(place, width, when);
    const numbers = value.cast("float32");
    const x = (sameShape(numbers.shape, target.shape) ? numbers : numbers.broadcastTo(target.shape)).toDense();
    const elements = x.isContiguous ? x.window() : x.toTypedArray();
    const { data } = target.storage;
    if (target.isContiguous) return data.set(elements, target.offset);
    const [rows, [perRow]] = [target.shape[0] as number, target.strides as readonly [number, number]];
    for (let row = 0; row < rows; row++) {
      data.set(elements.subarray(row * width, (row + 1) * width), target.offset + row * perRow);
    }
  }
}

// Some columns, or the element that stands for all of them.
function columnsOf(x: Tensor, offset: number, width: number): Tensor {
  const { storage, shape, strides, offset: start } = x.toDense();
  const last = shape.at(-1) ?? 1;
  if (last === width || last === 1) return x;
  const step = strides.at(-1) as number;
  return new DenseTensor(storage, { shape: [...shape.slice(0, -1), width], strides, offset: start + offset * step }, evaluator);
}

function vectorOf({ node, offset, width }: Vector, evaluation: Evaluation): Tensor {
  return evaluation
    .valueOf(node)
    .reshape([-1])
    .slice({ axis: 0, start: offset, stop: offset + width });
}
