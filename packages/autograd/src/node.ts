import type { ShapedArray, Tensor } from "@unroll/tensor";

import type { Edge } from "./edge.js";
import type { VjpRule } from "./rule.js";

/** What a pullback learns and tells beside gradients. */
export interface PullbackContext {
  /** Whether another backward pass may follow; if not, what forward has left for this one alone may be written over. */
  readonly retainGraph: boolean;
  /** Tells the whole gradient of an output that the operation itself goes on from; see `innerFrom`. */
  readonly complete: (output: number, gradient: Tensor) => void;
  /** Whether somebody looks at the gradient of an input itself, by asking or by a hook; if not, it may be sent past it to where that comes from. */
  readonly isWatched: (input: number) => boolean;
}

/** Gives gradients for the parents of a node of its own kind. */
export type Pullback = (cotangents: readonly Tensor[], context: PullbackContext) => readonly (Tensor | undefined)[];

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
  /** From this output on, what arrives is only part of the gradient: the pullback knows the rest. */
  readonly innerFrom: number;
  replay: Replay | undefined;
  /** Whether a backward pass has freed what it saved. */
  freed: boolean;
  /** Position on the tape. */
  readonly order: number;
}
