import { empty, onBackend, type DenseTensor, type Tensor } from "@unroll/tensor";
import type { LinkedProgram } from "@unroll/wasm";

import { emitScan } from "../emit/emit-scan.js";
import type { Frame } from "../emit/frame.js";
import type { Buffer, Phase, ScanPlan } from "../plan/plan.js";
import { PackedWeights } from "./packed-weights.js";
import type { ProgramBackend } from "./program-backend.js";
import { ScanLayout, slotOf } from "./scan-layout.js";
import type { ScanInputs, ScanResult, ScanRunner } from "./scan-runner.js";
import { rowWork, splitRows } from "./split-rows.js";
import { sumOverTime } from "./sum-over-time.js";

// Batches come in a few lengths, and a training alternates with its validation.
const mostLayouts = 8;

/** A loop over time as one WebAssembly program. */
export class ProgramScan implements ScanRunner {
  readonly #plan: ScanPlan;
  readonly #backend: ProgramBackend;
  readonly #frame: Frame;
  readonly #program: LinkedProgram;
  readonly #weights: PackedWeights;
  // What each phase takes for one row: at one step of the loop, and outside it at all.
  readonly #work: ReadonlyMap<Phase, number>;
  // Of the sizes that came last.
  readonly #layouts: ScanLayout[] = [];

  /** @throws WebAssembly.CompileError or EvalError where a page has come to forbid compiling WebAssembly since its backend was made. */
  constructor(plan: ScanPlan, backend: ProgramBackend) {
    const { bytes, frame } = emitScan(plan, { relaxed: backend.programs.relaxed });
    this.#plan = plan;
    this.#backend = backend;
    this.#frame = frame;
    this.#program = backend.programs.link(bytes);
    this.#weights = new PackedWeights(backend, this.#program);
    const phases = new Set(plan.operations.map(({ phase }) => phase));
    this.#work = new Map(
      [...phases].map((phase) => [phase, rowWork(plan.operations.filter((operation) => operation.phase === phase))]),
    );
  }

  run(inputs: ScanInputs): ScanResult {
    const { time, batch, given, evaluation } = inputs;
    const plan = this.#plan;
    const { programs } = this.#backend;
    const layout = this.#layoutFor(inputs);
    const { words } = layout;
    const scratch = programs.addressOf(empty([layout.scratch], "float32"));
    const buffers = new Map(given);
    for (const { buffer, word, shape, offset } of layout.rooms) {
      const x = given.get(buffer);
      if (x !== undefined) {
        words[word] = programs.addressOf(x);
        words[word + 1] = (x.strides[0] as number) * 4;
        words[word + 2] = (x.strides[1] as number) * 4;
      } else if (offset !== undefined) {
        words[word] = scratch + offset * 4;
      } else {
        const block = empty(shape, "float32");
        buffers.set(buffer, block);
        words[word] = programs.addressOf(block);
      }
    }
    let operand = this.#frame.operands / 4;
    for (const node of this.#frame.vectors) words[operand++] = programs.addressOf(this.#vector(evaluation.valueOf(node)));
    for (const rights of this.#frame.products) words[operand++] = this.#weights.address(rights, evaluation);
    const frame = new Uint32Array(programs.memory.buffer, scratch, words.length);
    frame.set(words);
    const wordOf = (buffer: Buffer): number => words[this.#frame.base(buffer) / 4] as number;
    const [start, end] = plan.name === "forward" ? [0, time] : [time, 0];
    const stateAt = (step: number, buffer: Buffer): Float32Array => {
      const size = batch * buffer.width;
      return new Float32Array(programs.memory.buffer, wordOf(buffer) + slotOf(buffer, step) * size * 4, size);
    };
    for (const { name, buffer } of plan.carried) {
      const x = onBackend((inputs.initial[name] as Tensor).toDense(), this.#backend);
      const state = stateAt(start, buffer);
      if (x.isContiguous) state.set(x.window());
      else if (x.strides.every((step) => step === 0)) state.fill(x.storage.data[x.offset] as number);
      else state.set(x.toTypedArray());
    }
    for (const [from, to] of layout.chunks) {
      frame[this.#frame.from] = from;
      frame[this.#frame.to] = to;
      for (const { word, streamed } of layout.rooms) if (streamed > 0) frame[word] = (words[word] as number) - from * streamed;
      this.#runPhase("before", scratch, { from: from * batch, to: to * batch, times: 1 });
      this.#runPhase("loop", scratch, { from: 0, to: batch, times: to - from });
    }
    this.#runPhase("after", scratch, { from: 0, to: time * batch, times: 1 });
    const sources = { time, batch, backend: this.#backend, program: this.#program, addressOf: wordOf };
    const totals = sumOverTime(plan.totals, sources);
    const last = (name: string): Tensor => {
      const { buffer } = plan.carried.find((state) => state.name === name) as (typeof plan.carried)[number];
      // A copy does not hold on to the steps before.
      const state = empty([batch, buffer.width], "float32");
      state.window().set(stateAt(end, buffer));
      return state;
    };
    return { buffers, totals, last };
  }

  #layoutFor(inputs: ScanInputs): ScanLayout {
    const { time, batch, given } = inputs;
    const known = this.#layouts.find((layout) => layout.time === time && layout.batch === batch && layout.given === given.size);
    if (known !== undefined) return known;
    const layout = new ScanLayout(this.#plan, this.#frame, inputs);
    if (this.#layouts.push(layout) > mostLayouts) this.#layouts.shift();
    return layout;
  }

  #vector(x: Tensor): DenseTensor {
    const dense = onBackend(x.toDense(), this.#backend);
    return dense.isContiguous ? dense : dense.copy().toDense();
  }

  // Over a range of rows, so many times each.
  #runPhase(phase: Phase, frame: number, rows: { readonly from: number; readonly to: number; readonly times: number }): void {
    const work = this.#work.get(phase);
    if (work === undefined) return;
    const { threads, panels } = this.#backend.programs;
    const calls = splitRows(rows.to - rows.from, threads, work * rows.times).map(([from, to], thread) => [
      ...[frame, rows.from + from, rows.from + to, panels[thread] as number],
    ]);
    this.#program.run(phase, calls);
  }
}
