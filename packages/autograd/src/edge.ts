import type { DType, Shape } from "@unroll/tensor";

import type { Tape } from "./tape.js";
import type { TapeNode } from "./node.js";

/** Where a gradient arrives: one output of a node, or a leaf. Variables have one, and the tape holds edges, not their values. */
export interface Edge {
  readonly tape: Tape;
  /** Undefined for a leaf. */
  readonly node: TapeNode | undefined;
  readonly outputIndex: number;
  readonly shape: Shape;
  readonly dtype: DType;
}
