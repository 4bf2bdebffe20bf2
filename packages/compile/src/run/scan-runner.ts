import type { DenseTensor, Tensor } from "@unroll/tensor";

import type { Buffer } from "../plan/plan.js";
import type { Node } from "../trace/graph.js";
import type { Evaluation } from "./evaluate.js";
import type { Extents } from "./scan-layout.js";

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
  readonly totals: ReadonlyMap<Node, Tensor>;
  /** A copy of the last value of what is carried, by name: `[batch, width]`. It is there until the scope of the run ends. */
  last(name: string): Tensor;
}

/** One loop over time on one backend. */
export interface ScanRunner {
  /** Runs the loop. What it returns, and nothing else, is to stay in memory of the scope around it. */
  run(inputs: ScanInputs): ScanResult;
}
