import { DenseTensor, empty, evaluator, onBackend, scalar, type AxisAttributes, type Kernel, type Tensor } from "@unroll/tensor";

import type { Buffer, Phase, TotalOperation } from "../plan/plan.js";
import type { Node } from "../trace/graph.js";
import type { ProgramScan } from "./program-scan.js";
import { slotOf, type BufferRoom, type ScanLayout } from "./scan-layout.js";
import type { ScanInputs, ScanResult } from "./scan-runner.js";
import { splitRows } from "./split-rows.js";
import { sumOverTime, type TotalSources } from "./sum-over-time.js";

// Rows of a phase, and how often it goes over them.
interface Rows {
  readonly from: number;
  readonly to: number;
  readonly times: number;
}

/** A run of a program over one sequence. */
export class ProgramRun {
  readonly #scan: ProgramScan;
  readonly #inputs: ScanInputs;
  readonly #layout: ScanLayout;
  readonly #scratch: DenseTensor;
  readonly #address: number;
  readonly #buffers: Map<Buffer, DenseTensor>;

  constructor(scan: ProgramScan, inputs: ScanInputs) {
    const { given } = inputs;
    const { programs } = scan.backend;
    this.#scan = scan;
    this.#inputs = inputs;
    this.#layout = scan.layoutFor(inputs);
    this.#scratch = empty([this.#layout.scratch], "float32");
    this.#address = programs.addressOf(this.#scratch);
    this.#buffers = new Map(given);
    const { words, rooms } = this.#layout;
    for (const { buffer, word, shape, offset } of rooms) {
      const x = given.get(buffer);
      if (x !== undefined) {
        words[word] = programs.addressOf(x);
        words[word + 1] = (x.strides[0] as number) * 4;
        words[word + 2] = (x.strides[1] as number) * 4;
      } else if (offset !== undefined) {
        words[word] = this.#address + offset * 4;
      } else {
        const block = empty(shape, "float32");
        this.#buffers.set(buffer, block);
        words[word] = programs.addressOf(block);
      }
    }
    let operand = scan.frame.operands / 4;
    for (const address of scan.operands(inputs)) words[operand++] = address;
    this.#words.set(words);
  }

  run(): ScanResult {
    const { plan } = this.#scan;
    const { time, batch, fromTable, toTable } = this.#inputs;
    const [start, end] = plan.name === "forward" ? [0, time] : [time, 0];
    this.#writeStates(start);
    const tables = fromTable && this.#computeTables(fromTable);
    for (const [from, to] of this.#layout.chunks) {
      this.#moveTo(from, to);
      if (tables === undefined) this.#runPhase("before", { from: from * batch, to: to * batch, times: 1 });
      else this.#readTables(tables, from, to);
      this.#runPhase("loop", { from: 0, to: batch, times: to - from });
    }
    const totals = toTable === undefined ? this.#finish() : this.#finishWithTable(toTable);
    return { buffers: this.#buffers, totals, last: (name) => this.#last(name, end) };
  }

  // What comes after the loop.
  #finish(): ReadonlyMap<Node, Tensor> {
    const { time, batch } = this.#inputs;
    this.#runPhase("after", { from: 0, to: time * batch, times: 1 });
    return this.#sum(this.#scan.plan.totals, { time, batch, addressOf: (buffer) => this.#addressOf(buffer) });
  }

  // The same, where gradients of equal rows are added up first.
  #finishWithTable({
    input,
    table,
    indices,
    gradients,
    result,
    totals,
  }: NonNullable<ScanInputs["toTable"]>): ReadonlyMap<Node, Tensor> {
    const { backend, plan } = this.#scan;
    const { time, batch } = this.#inputs;
    const [count] = table.shape as [number, number];
    const tables = new Map([[input, usedRows(table, indices)]]);
    for (const buffer of gradients) {
      const sums = empty([count, buffer.width], "float32");
      const nothing = scalar(0).broadcastTo(sums.shape).toDense();
      const scatterAdd = backend.kernels.scatterAdd as Kernel<AxisAttributes>;
      scatterAdd([nothing, indices, this.#rowsOf(buffer, 0, time)], sums, { axis: 0 });
      tables.set(buffer, sums);
    }
    for (const [buffer, x] of tables) this.#point(buffer, x);
    if (result !== undefined) this.#point(result, this.#buffers.get(result) as DenseTensor);
    this.#runPhase("after", { from: 0, to: count, times: 1 });
    const others = plan.totals.filter((total) => !totals.includes(total));
    return new Map([
      ...this.#sum(others, { time, batch, addressOf: (buffer) => this.#addressOf(buffer) }),
      ...this.#sum(totals, {
        time: 1,
        batch: count,
        addressOf: (buffer) =>
          tables.has(buffer) ? backend.programs.addressOf(tables.get(buffer) as DenseTensor) : this.#addressOf(buffer),
      }),
    ]);
  }

  #sum(totals: readonly TotalOperation[], where: Pick<TotalSources, "time" | "batch" | "addressOf">): ReadonlyMap<Node, Tensor> {
    const { backend, program } = this.#scan;
    return sumOverTime(totals, { ...where, backend, program });
  }

  // What the program computes before the loop, of every row of the table.
  #computeTables({ input, table, computed }: NonNullable<ScanInputs["fromTable"]>): ReadonlyMap<Buffer, DenseTensor> {
    const [count] = table.shape as [number, number];
    const tables = new Map([...computed].map((buffer) => [buffer, empty([count, buffer.width], "float32")] as const));
    for (const [buffer, x] of tables) this.#point(buffer, x);
    this.#point(input, table);
    this.#runPhase("before", { from: 0, to: count, times: 1 });
    this.#words.set(this.#layout.words);
    return tables;
  }

  // Writes what was computed before the loop where the loop reads it.
  #readTables(tables: ReadonlyMap<Buffer, DenseTensor>, from: number, to: number): void {
    const { batch, fromTable } = this.#inputs;
    const { storage, offset } = (fromTable as NonNullable<typeof fromTable>).indices;
    const indices = new DenseTensor(storage, { shape: [(to - from) * batch], offset: offset + from * batch }, evaluator);
    const take = this.#scan.backend.kernels.take as Kernel<AxisAttributes>;
    for (const [buffer, table] of tables) take([table, indices], this.#rowsOf(buffer, from, to), { axis: 0 });
  }

  // Some steps of a buffer that this run has made, as one matrix.
  #rowsOf(buffer: Buffer, from: number, to: number): DenseTensor {
    const { batch } = this.#inputs;
    const { offset, streamed } = this.#layout.rooms.find((room) => room.buffer === buffer) as BufferRoom;
    const block = this.#buffers.get(buffer) ?? this.#scratch;
    const start = block.offset + (offset ?? 0) + (streamed > 0 ? 0 : from * batch * buffer.width);
    return new DenseTensor(block.storage, { shape: [(to - from) * batch, buffer.width], offset: start }, evaluator);
  }

  // Lets the program read rows `[count, width]` in place of a buffer.
  #point(buffer: Buffer, x: DenseTensor): void {
    const word = this.#scan.frame.base(buffer) / 4;
    this.#words[word] = this.#scan.backend.programs.addressOf(x);
    this.#words[word + 2] = buffer.width * 4;
  }

  // The address of a buffer of one chunk is where its step 0 would lie, be it below 0: programs add up addresses modulo 2^32.
  #moveTo(from: number, to: number): void {
    const words = this.#words;
    const { frame } = this.#scan;
    words[frame.from] = from;
    words[frame.to] = to;
    for (const { word, streamed } of this.#layout.rooms) {
      if (streamed > 0) words[word] = (this.#layout.words[word] as number) - from * streamed;
    }
  }

  #runPhase(phase: Phase, rows: Rows): void {
    const { work, backend, program } = this.#scan;
    const own = work.get(phase);
    if (own === undefined) return;
    const { panels } = backend.programs;
    const ranges = splitRows(rows.to - rows.from, backend.programs, own * rows.times);
    const first = rows.from;
    program.run(
      phase,
      ranges.map(([from, to], thread) => [this.#address, first + from, first + to, panels[thread] as number]),
    );
  }

  #writeStates(start: number): void {
    const { plan, backend } = this.#scan;
    for (const { name, buffer } of plan.carried) {
      const x = onBackend((this.#inputs.initial[name] as Tensor).toDense(), backend);
      const state = this.#stateAt(start, buffer);
      if (x.isContiguous) state.set(x.window());
      else if (x.strides.every((step) => step === 0)) state.fill(x.storage.data[x.offset] as number);
      else state.set(x.toTypedArray());
    }
  }

  #last(name: string, end: number): Tensor {
    const { carried } = this.#scan.plan;
    const { buffer } = carried.find((state) => state.name === name) as (typeof carried)[number];
    // A copy does not hold on to the steps before.
    const state = empty([this.#inputs.batch, buffer.width], "float32");
    state.window().set(this.#stateAt(end, buffer));
    return state;
  }

  #stateAt(step: number, buffer: Buffer): Float32Array {
    const size = this.#inputs.batch * buffer.width;
    const { memory } = this.#scan.backend.programs;
    return new Float32Array(memory.buffer, this.#addressOf(buffer) + slotOf(buffer, step) * size * 4, size);
  }

  #addressOf(buffer: Buffer): number {
    return this.#layout.words[this.#scan.frame.base(buffer) / 4] as number;
  }

  // The frame, where the program reads it: a fresh view, as memory may have grown.
  get #words(): Uint32Array {
    return new Uint32Array(this.#scan.backend.programs.memory.buffer, this.#address, this.#layout.words.length);
  }
}

// A table with 0 in rows that nobody reads: whatever stands there, even what is no number, has no part in a sum.
function usedRows(table: DenseTensor, indices: DenseTensor): DenseTensor {
  const [count, width] = table.shape as [number, number];
  const used = new Uint8Array(count);
  for (const index of indices.window()) used[index < 0 ? index + count : index] = 1;
  if (used.every((value) => value === 1)) return table;
  const copy = table.copy().toDense();
  const rows = copy.window();
  used.forEach((value, row) => {
    if (value === 0) rows.fill(0, row * width, (row + 1) * width);
  });
  return copy;
}
