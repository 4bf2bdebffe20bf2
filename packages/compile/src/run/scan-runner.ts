import type { DenseTensor, Tensor } from "@unroll/tensor";

import type { BackwardToTable } from "../plan/lookup.js";
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
  /** In a forward loop: what it computes before it begins is computed of the table, and read there. */
  readonly fromTable?: (TableRows & { readonly computed: ReadonlySet<Buffer> }) | undefined;
  /** In a backward loop: gradients are added up by rows of the table, and the gradient of the input, `[1, count, width]`, is that of the table. */
  readonly toTable?: (TableRows & BackwardToTable) | undefined;
}

/** An input of every step whose rows are rows of a table. */
export interface TableRows {
  readonly input: Buffer;
  /** `[count, width]`, without gaps. */
  readonly table: DenseTensor;
  /** Rows of the table, int32: of every step and row of the batch, in the order of reading, without gaps. */
  readonly indices: DenseTensor;
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
  /** Whether it takes `fromTable` and `toTable`. */
  readonly readsTables: boolean;
  /** Runs the loop. What it returns, and nothing else, is to stay in memory of the scope around it. */
  run(inputs: ScanInputs): ScanResult;
}
