import type { ElementRow, LeafRow, Matrix, ProductRow, Reduction, Row, RowKernelName } from "../rows/row.js";
import type { Node } from "../trace/graph.js";

/** When an operation runs: over all steps at once before the loop, at each step, or over all steps at once after it. */
export type Phase = "before" | "loop" | "after";

/** How many steps of a value are in memory: all, this and the last, or this one; or what the caller gives. */
export type Extent = "all" | "two" | "one" | "given";

/** A block of rows in memory: `[steps, batch, width]`. */
export interface Buffer {
  readonly name: string;
  readonly width: number;
  extent: Extent;
  /** One more step than the sequence has: what the first step starts from. */
  readonly extra: boolean;
  /** Whether rows of all steps are read as one matrix. */
  flat: boolean;
}

/** Columns of a buffer; `shift` 1 is the step after the present one. */
export interface Place {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly shift: number;
}

/** Products that share their left side, as one. */
export interface ProductOperation {
  readonly kind: "product";
  readonly phase: Phase;
  readonly left: Place;
  /** Columns side by side. */
  readonly rights: readonly Matrix[];
  readonly out: Place;
  /** Width of the left side. */
  readonly inner: number;
  readonly columns: number;
}

/** A kernel over rows. */
export interface KernelOperation {
  readonly kind: "kernel";
  readonly phase: Phase;
  readonly name: RowKernelName;
  readonly from: Place;
  readonly out: Place;
  /** Width of what it reads. */
  readonly width: number;
}

/** A value that a pass writes. */
export interface Store {
  readonly row: ElementRow;
  readonly places: readonly Place[];
}

/** Element-wise operations fused into one loop over the elements. */
export interface PassOperation {
  readonly kind: "pass";
  readonly phase: Phase;
  readonly width: number;
  /** What it computes, sources first; everything else it loads. */
  readonly rows: readonly ElementRow[];
  readonly stores: readonly Store[];
}

/** One thing a program does. */
export type Operation = ProductOperation | KernelOperation | PassOperation;

/** A sum over batch and time, made after the loop. */
export type TotalOperation =
  | {
      readonly kind: "outer";
      readonly node: Node;
      readonly a: Place;
      readonly b: Place;
      readonly rows: number;
      readonly columns: number;
    }
  | { readonly kind: "columns"; readonly node: Node; readonly of: Place; readonly width: number };

/** A value that goes from step to step. */
export interface Carried {
  readonly name: string;
  readonly leaf: LeafRow;
  readonly next: Row;
}

/** What a loop over time has to compute. */
export interface Scan {
  readonly name: "forward" | "backward";
  readonly carried: readonly Carried[];
  /** Whether every step of the carried values stays in memory. */
  readonly history: boolean;
  /** Values to leave in memory for every step. */
  readonly kept: readonly Row[];
  readonly totals: readonly { readonly node: Node; readonly reduction: Reduction }[];
  /** Values that are in memory already. */
  readonly given: ReadonlyMap<Row, Place>;
}

/** What the passes that made a plan have decided; see `explain`. */
export interface PlanPasses {
  /** When each value is computed, sources first. */
  readonly phases: readonly (readonly [row: Row, phase: Phase])[];
  /** Products that were joined. */
  readonly groups: readonly (readonly ProductRow[])[];
  /** Values that lie where others are no longer needed, and where they would lie otherwise. */
  readonly moved: ReadonlyMap<ElementRow, Place>;
}

/** What a program is written from. */
export interface ProgramPlan {
  readonly name: Scan["name"];
  readonly buffers: readonly Buffer[];
  readonly operations: readonly Operation[];
  /** Where a value lies. */
  placeOf(row: Row): Place;
}

/** A loop over time, planned. */
export interface ScanPlan extends ProgramPlan {
  readonly carried: readonly (Carried & { readonly buffer: Buffer })[];
  /** Those that outlive a run. */
  readonly results: ReadonlySet<Buffer>;
  readonly totals: readonly TotalOperation[];
  readonly passes: PlanPasses;
}
