import { concat, DenseTensor, empty, evaluator, onBackend, type Tensor } from "@unroll/tensor";
import type { LinkedProgram } from "@unroll/wasm";

import { emitScan } from "../emit/emit-scan.js";
import type { Frame } from "../emit/frame.js";
import type { Buffer, Phase, Place, ScanPlan, TotalOperation } from "../plan/plan.js";
import { follows } from "../rows/rows.js";
import type { Matrix } from "../rows/row.js";
import type { Node } from "../trace/graph.js";
import type { Evaluation } from "./evaluate.js";
import type { ProgramBackend } from "./program-backend.js";

/** Sizes of one run. */
export interface Extents {
  readonly time: number;
  readonly batch: number;
}

/** What a loop starts from. */
export interface ScanInputs extends Extents {
  /** Buffers that are there already: `[steps, batch, width]` views in the order of reading, contiguous along the last axis. */
  readonly given: ReadonlyMap<Buffer, DenseTensor>;
  /** First values of what is carried, by name: `[batch, width]`. */
  readonly initial: Readonly<Record<string, Tensor>>;
  readonly evaluation: Evaluation;
}

/** What a loop leaves. */
export interface ScanResult {
  readonly buffers: ReadonlyMap<Buffer, DenseTensor>;
  /** Last values of what is carried: `[batch, width]`. */
  readonly last: Readonly<Record<string, Tensor>>;
  readonly totals: ReadonlyMap<Node, Tensor>;
}

// Rows below which a second thread costs more than it saves.
const fewestRows = 8;

/** One loop over time on one backend. */
export class ScanRunner {
  readonly #plan: ScanPlan;
  readonly #backend: ProgramBackend;
  readonly #frame: Frame;
  readonly #program: LinkedProgram;
  // Packed right sides that stay with a weight, and the names of the weights they are made of.
  readonly #known = new Map<readonly Matrix[], { readonly sources: readonly DenseTensor[]; readonly address: number }>();
  readonly #weightNames = new Map<readonly Matrix[], readonly string[]>();

  constructor(plan: ScanPlan, backend: ProgramBackend) {
    const { bytes, frame } = emitScan(plan, { relaxed: backend.programs.relaxed });
    this.#plan = plan;
    this.#backend = backend;
    this.#frame = frame;
    this.#program = backend.programs.link(bytes);
  }

  /** Runs the loop. What it returns, and nothing else, stays in memory of the scope around it. */
  run(inputs: ScanInputs): ScanResult {
    const { time, batch, evaluation } = inputs;
    const plan = this.#plan;
    const buffers = new Map(inputs.given);
    for (const buffer of plan.buffers) if (!buffers.has(buffer)) buffers.set(buffer, this.#allocate(buffer, inputs));
    const slot = (step: number, { extent }: Buffer): number => (extent === "two" ? step & 1 : step);
    const [start, end] = plan.name === "forward" ? [0, time] : [time, 0];
    for (const { name, buffer } of plan.carried) {
      const elements = onBackend((inputs.initial[name] as Tensor).toDense(), this.#backend);
      const target = buffers.get(buffer) as DenseTensor;
      const source = elements.isContiguous ? elements.window() : elements.toTypedArray();
      target.window().set(source, slot(start, buffer) * batch * buffer.width);
    }
    const vectors = this.#frame.vectors.map((node) =>
      this.#address(contiguous(onBackend(evaluation.valueOf(node).toDense(), this.#backend))),
    );
    const products = this.#frame.products.map((rights) => this.#packed(rights, evaluation));
    const frame = this.#writeFrame(time, buffers, [...vectors, ...products]);
    const { threads, panels } = this.#backend.programs;
    const phase = (name: Phase, rows: number): void => {
      if (!plan.operations.some((operation) => operation.phase === name)) return;
      const ranges = split(rows, threads);
      this.#program.run(
        name,
        ranges.map(([from, to], thread) => [frame, from, to, panels[thread] as number]),
      );
    };
    phase("before", time * batch);
    phase("loop", batch);
    phase("after", time * batch);
    const totals = new Map(plan.totals.map((total) => [total.node, this.#total(total, { time, batch }, buffers)]));
    const last = Object.fromEntries(
      plan.carried.map(({ name, buffer }) => {
        const { storage, offset } = buffers.get(buffer) as DenseTensor;
        const start = offset + slot(end, buffer) * batch * buffer.width;
        const view = new DenseTensor(storage, { shape: [batch, buffer.width], offset: start }, evaluator);
        // A copy does not hold on to the steps before.
        return [name, buffer.extent === "all" && time > 2 ? view.copy() : view];
      }),
    );
    const kept = new Map([...buffers].filter(([{ extent }]) => extent === "all" || extent === "given"));
    return { buffers: kept, last, totals };
  }

  #allocate({ width, extent, extra }: Buffer, { time, batch }: Extents): DenseTensor {
    const slots = extent === "all" ? time + Number(extra) : extent === "two" ? 2 : 1;
    return empty([slots, batch, width], "float32");
  }

  #address(x: DenseTensor): number {
    return this.#backend.programs.addressOf(x);
  }

  #writeFrame(time: number, buffers: ReadonlyMap<Buffer, DenseTensor>, operands: readonly number[]): number {
    const words = [time];
    for (const buffer of this.#frame.buffers) {
      const x = buffers.get(buffer) as DenseTensor;
      const [step = 0, row = 0] = x.strides;
      words.push(this.#address(x), step * 4, row * 4);
    }
    words.push(...operands, ...this.#frame.constants);
    const frame = empty([words.length], "int32");
    frame.window().set(words);
    return this.#address(frame);
  }

  // A right side that was made of the same weights before is not looked for again.
  #packed(rights: readonly Matrix[], evaluation: Evaluation): number {
    const sources = this.#sourcesOf(rights, evaluation);
    const before = this.#known.get(rights);
    const same = sources.every(
      ({ storage, offset }, index) =>
        !storage.disposed && before?.sources[index]?.storage === storage && before.sources[index]?.offset === offset,
    );
    if (before !== undefined && same) return before.address;
    const right = onBackend(joined(rights, evaluation).toDense(), this.#backend);
    const kept = this.#backend.programs.packedRight(right);
    if (kept !== undefined && sources.some(({ storage }) => storage === right.storage)) {
      this.#known.set(rights, { sources, address: kept });
    } else {
      this.#known.delete(rights);
    }
    return kept ?? this.#pack(right);
  }

  #sourcesOf(rights: readonly Matrix[], evaluation: Evaluation): DenseTensor[] {
    const names = this.#weightNames.get(rights) ?? [...new Set(rights.flatMap(({ node }) => weightsBelow(node)))];
    this.#weightNames.set(rights, names);
    return names.map((name) => evaluation.weight(name).toDense());
  }

  #pack(right: DenseTensor): number {
    const [k, n] = right.shape as [number, number];
    const [rowStep, columnStep] = right.strides as [number, number];
    const packed = this.#address(empty([k * (Math.ceil(n / 8) * 8)], "float32"));
    this.#program.run("packRight", [[this.#address(right), rowStep, columnStep, packed, k, n, 0, n]]);
    return packed;
  }

  // a^T b over all rows of all steps. The narrower side is packed, the other one is split between threads.
  #total(total: TotalOperation, { time, batch }: Extents, buffers: ReadonlyMap<Buffer, DenseTensor>): Tensor {
    const { threads, panels } = this.#backend.programs;
    const start = ({ buffer, offset, shift }: Place): number =>
      this.#address(buffers.get(buffer) as DenseTensor) + (shift * batch * buffer.width + offset) * 4;
    const count = time * batch;
    if (total.kind === "columns") {
      const { buffer, offset, shift } = total.of;
      const sums = empty([1, buffer.width], "float32");
      const operands = [start({ buffer, offset: 0, shift }), this.#address(sums), 1, count, buffer.width];
      this.#program.run(
        "sum",
        columnRanges(buffer.width, threads).map(([from, to]) => [...operands, from, to]),
      );
      const part = sums.slice({ axis: 1, start: offset, stop: offset + total.width });
      const [source] = total.node.inputs as readonly [Node];
      const whole = part.reshape([1, ...source.shape.slice(1)]);
      const { axes, keepDims } = total.node.attributes as { readonly axes: readonly number[]; readonly keepDims: boolean };
      return whole.sum({ axes, keepDims });
    }
    const turned = total.columns > total.rows;
    const [left, right] = turned ? [total.b, total.a] : [total.a, total.b];
    const [m, n] = turned ? [total.columns, total.rows] : [total.rows, total.columns];
    const packed = empty([count * (Math.ceil(n / 8) * 8)], "float32");
    const packing = [start(right), right.buffer.width, 1, this.#address(packed), count, n];
    this.#program.run(
      "packRight",
      columnRanges(n, threads).map(([from, to]) => [...packing, from, to]),
    );
    const result = empty([m, n], "float32");
    const calls = split(m, threads).map(([from, to], thread) => [
      ...[start(left) + from * 4, 1, left.buffer.width, this.#address(packed), this.#address(result) + from * n * 4],
      ...[to - from, n, count, panels[thread] as number, 0, n],
    ]);
    this.#program.run("matmulPacked", calls);
    packed.dispose();
    return turned ? result.transpose() : result;
  }
}

/** Ranges of about equal size, one per thread. */
function split(count: number, threads: number): [from: number, to: number][] {
  const parts = Math.max(1, Math.min(threads, Math.floor(count / fewestRows)));
  return Array.from({ length: parts }, (_, part) => [
    Math.floor((count * part) / parts),
    Math.floor((count * (part + 1)) / parts),
  ]);
}

// The same in columns, from a multiple of 8 on.
function columnRanges(count: number, threads: number): [from: number, to: number][] {
  return split(Math.ceil(count / 8), threads).map(([from, to]) => [from * 8, Math.min(to * 8, count)]);
}

function weightsBelow(node: Node): string[] {
  return node.leaf === undefined ? node.inputs.flatMap(weightsBelow) : [node.leaf.name];
}

// The right side of a product: cuts of one weight become one cut again, others are copied side by side.
function joined(rights: readonly Matrix[], evaluation: Evaluation): Tensor {
  const cuts = rights.reduce<Matrix[]>((found, matrix) => {
    const before = found.at(-1);
    if (before !== undefined && follows(before, matrix))
      found[found.length - 1] = { ...before, columns: before.columns + matrix.columns };
    else found.push(matrix);
    return found;
  }, []);
  const parts = cuts.map(({ node, firstRow, rows, firstColumn, columns }) =>
    evaluation
      .valueOf(node)
      .slice({ axis: 0, start: firstRow, stop: firstRow + rows })
      .slice({ axis: 1, start: firstColumn, stop: firstColumn + columns }),
  );
  return parts.length === 1 ? (parts[0] as Tensor) : concat(parts, { axis: 1 });
}

function contiguous(x: DenseTensor): DenseTensor {
  return x.isContiguous ? x : x.copy().toDense();
}
