import type { LinkedProgram } from "@unroll/wasm";

import { emitScan } from "../emit/emit-scan.js";
import type { Frame } from "../emit/frame.js";
import type { Phase, ScanPlan } from "../plan/plan.js";
import { PackedWeights } from "./packed-weights.js";
import { addressOfVector, type ProgramBackend } from "./program-backend.js";
import { ProgramRun } from "./program-run.js";
import { ScanLayout } from "./scan-layout.js";
import type { ScanInputs, ScanResult, ScanRunner } from "./scan-runner.js";
import { rowWork } from "./split-rows.js";

// Batches come in a few lengths, and a training alternates with its validation.
const mostLayouts = 8;

/** A loop over time as one WebAssembly program. */
export class ProgramScan implements ScanRunner {
  readonly readsTables = true;
  readonly plan: ScanPlan;
  readonly backend: ProgramBackend;
  readonly frame: Frame;
  readonly program: LinkedProgram;
  /** What each phase takes for one row, in multiply-adds: at one step of the loop, and outside it at all. */
  readonly work: ReadonlyMap<Phase, number>;
  readonly #weights: PackedWeights;
  // Of the sizes that came last.
  readonly #layouts: ScanLayout[] = [];

  /** @throws WebAssembly.CompileError or EvalError where a page has come to forbid compiling WebAssembly since its backend was made. */
  constructor(plan: ScanPlan, backend: ProgramBackend) {
    const { bytes, frame } = emitScan(plan, { relaxed: backend.programs.relaxed });
    this.plan = plan;
    this.backend = backend;
    this.frame = frame;
    this.program = backend.programs.link(bytes);
    this.#weights = new PackedWeights(backend, this.program);
    const phases = new Set(plan.operations.map(({ phase }) => phase));
    this.work = new Map(
      [...phases].map((phase) => [phase, rowWork(plan.operations.filter((operation) => operation.phase === phase))]),
    );
  }

  run(inputs: ScanInputs): ScanResult {
    return new ProgramRun(this, inputs).run();
  }

  layoutFor(inputs: ScanInputs): ScanLayout {
    const known = this.#layouts.find((layout) => layout.fits(inputs));
    if (known !== undefined) return known;
    const layout = new ScanLayout(this.plan, this.frame, inputs);
    if (this.#layouts.push(layout) > mostLayouts) this.#layouts.shift();
    return layout;
  }

  /** Addresses of all vectors, then of all packed right sides, as the frame holds them. */
  *operands({ evaluation }: ScanInputs): Iterable<number> {
    for (const node of this.frame.vectors) yield addressOfVector(evaluation.valueOf(node), this.backend);
    for (const rights of this.frame.products) yield this.#weights.address(rights, evaluation);
  }
}
