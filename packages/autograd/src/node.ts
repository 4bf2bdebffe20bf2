import type { ShapedArray, Tensor } from "@unroll/tensor";

import type { Variable } from "./variable.js";

/** One recorded primitive: what its derivative reads, and nothing else. */
export interface TapeNode {
  readonly primitive: string;
  readonly attributes: object;
  /** The inputs that are variables of the same tape; undefined for constants. */
  readonly parents: readonly (Variable | undefined)[];
  /** Shapes and dtypes of all inputs. */
  readonly inputs: readonly ShapedArray[];
  /** Shapes and dtypes of all outputs. */
  readonly outputs: readonly ShapedArray[];
  /** Values of the inputs some derivative reads; undefined for the others. */
  readonly savedInputs: readonly (Tensor | undefined)[];
  /** The first output, where some derivative reads it. */
  readonly savedOutput: Tensor | undefined;
  /** Position on the tape. */
  readonly order: number;
}
