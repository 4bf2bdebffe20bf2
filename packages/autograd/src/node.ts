import type { ShapedArray, Tensor } from "@unroll/tensor";

import type { Edge } from "./edge.js";
import type { VjpRule } from "./rule.js";

/** Gives gradients for the parents of a node of its own kind; `retainGraph` says whether it may be asked again. */
export type Pullback = (
  cotangents: readonly Tensor[],
  options: { readonly retainGraph: boolean },
) => readonly (Tensor | undefined)[];

/** Computes the outputs of a node again, recorded this time. */
export interface Replay {
  readonly run: () => readonly Tensor[];
  /** Whether no other tape watches, so that what it makes can be freed. */
  readonly isolated: boolean;
}

/** One recorded operation: what its derivative reads, and nothing else. */
export interface TapeNode {
  readonly primitive: string;
  readonly attributes: object;
  /** The inputs that are variables of the same tape; undefined for constants. */
  readonly parents: readonly (Edge | undefined)[];
  /** Shapes and dtypes of all inputs. */
  readonly inputs: readonly ShapedArray[];
  /** Shapes and dtypes of all outputs. */
  readonly outputs: readonly ShapedArray[];
  /** The derivative of a primitive; other nodes have a pullback or a replay. */
  readonly rule: VjpRule | undefined;
  /** Values of the inputs some derivative reads; undefined for the others, and once freed. */
  savedInputs: readonly (Tensor | undefined)[];
  /** The first output, where some derivative reads it. */
  savedOutput: Tensor | undefined;
  pullback: Pullback | undefined;
  replay: Replay | undefined;
  /** Whether a backward pass has freed what it saved. */
  freed: boolean;
  /** Position on the tape. */
  readonly order: number;
}
