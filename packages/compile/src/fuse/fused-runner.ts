import { DenseTensor, empty, evaluator, keep, scope } from "@unroll/tensor";
import type { LinkedProgram } from "@unroll/wasm";

import { emitScan } from "../emit/emit-scan.js";
import type { Frame } from "../emit/frame.js";
import type { Buffer } from "../plan/plan.js";
import { Evaluation } from "../run/evaluate.js";
import { addressOfVector, type ProgramBackend } from "../run/program-backend.js";
import { rowWork, splitRows } from "../run/split-rows.js";
import type { Node } from "../trace/graph.js";
import type { ElementPass } from "./element-pass.js";

/** One function, as a pass over rows of many elements and one over what is left of them. */
export interface FusedPasses {
  readonly rows: ElementPass;
  /** One element wide. */
  readonly rest: ElementPass;
}

/** Runs a fused function on one backend. */
export class FusedRunner {
  readonly #rows: RowsProgram;
  readonly #rest: RowsProgram;
  readonly #programs: ProgramBackend["programs"];

  constructor({ rows, rest }: FusedPasses, backend: ProgramBackend) {
    this.#rows = new RowsProgram(rows, backend);
    this.#rest = new RowsProgram(rest, backend);
    this.#programs = backend.programs;
  }

  /** All without gaps, of one size, on the backend. */
  run(inputs: readonly DenseTensor[], outputs: readonly DenseTensor[], numbers: readonly number[]): void {
    const addresses = [...inputs, ...outputs].map((x) => this.#programs.addressOf(x));
    const { size } = outputs[0] as DenseTensor;
    const rows = Math.floor(size / this.#rows.width);
    const done = rows * this.#rows.width;
    if (rows > 0) this.#rows.run(rows, addresses, numbers);
    if (done < size) {
      this.#rest.run(
        size - done,
        addresses.map((address) => address + done * 4),
        numbers,
      );
    }
  }
}

// A pass as a program, and its frame, laid out once.
class RowsProgram {
  readonly width: number;
  readonly #backend: ProgramBackend;
  readonly #frame: Frame;
  readonly #program: LinkedProgram;
  readonly #work: number;
  // The frame, and after it the numbers.
  readonly #block: DenseTensor;
  readonly #address: number;
  readonly #buffers: readonly Buffer[];
  readonly #scalars: Readonly<Record<string, DenseTensor>>;
  // Numbers that are made of others at each run.
  readonly #computed: Node[] = [];
  #words = new Uint32Array();
  #numbers = new Float32Array();

  constructor({ plan, operation, inputs, outputs, numbers }: ElementPass, backend: ProgramBackend) {
    const { bytes, frame } = emitScan(plan, { relaxed: backend.programs.relaxed });
    this.width = operation.width;
    this.#backend = backend;
    this.#frame = frame;
    this.#program = backend.programs.link(bytes);
    this.#work = rowWork([operation]);
    this.#buffers = [...inputs, ...outputs];
    const words = frame.firstConstant / 4 + frame.constants.length;
    this.#block = keep(empty([words + numbers.length], "float32"));
    this.#address = backend.programs.addressOf(this.#block);
    this.#viewMemory();
    this.#words.set(frame.constants, frame.firstConstant / 4);
    const { storage } = this.#block;
    this.#scalars = Object.fromEntries(
      numbers.map((name, index) => [name, new DenseTensor(storage, { shape: [], offset: words + index }, evaluator)]),
    );
    for (const node of frame.vectors) {
      const scalar = this.#scalars[node.leaf?.name ?? ""];
      if (scalar === undefined) this.#computed.push(node);
      else this.#point(node, backend.programs.addressOf(scalar));
    }
    for (const buffer of frame.buffers) this.#words[frame.base(buffer) / 4 + 2] = this.width * 4;
  }

  /** @param addresses - of its inputs, then of its outputs. */
  run(rows: number, addresses: readonly number[], numbers: readonly number[]): void {
    this.#viewMemory();
    this.#numbers.set(numbers);
    this.#buffers.forEach((buffer, index) => (this.#words[this.#frame.base(buffer) / 4] = addresses[index] as number));
    if (this.#computed.length === 0) this.#start(rows);
    else
      scope(() => {
        const evaluation = new Evaluation(this.#scalars);
        const addresses = this.#computed.map((node) => addressOfVector(evaluation.valueOf(node), this.#backend));
        this.#viewMemory();
        this.#computed.forEach((node, index) => this.#point(node, addresses[index] as number));
        this.#start(rows);
      });
  }

  #start(rows: number): void {
    const ranges = splitRows(rows, this.#backend.programs, this.#work);
    this.#program.run(
      "before",
      ranges.map(([from, to]) => [this.#address, from, to, 0]),
    );
  }

  // Where the program reads a number.
  #point(node: Node, address: number): void {
    this.#words[this.#frame.vector(node) / 4] = address;
  }

  // Memory that has grown is seen through other arrays.
  #viewMemory(): void {
    const { buffer } = this.#backend.programs.memory;
    if (buffer === this.#words.buffer) return;
    const { constants, firstConstant } = this.#frame;
    const words = firstConstant / 4 + constants.length;
    this.#words = new Uint32Array(buffer, this.#address, words);
    this.#numbers = new Float32Array(buffer, this.#address + words * 4, this.#block.size - words);
  }
}
