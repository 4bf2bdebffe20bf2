import { zeros, type Tensor } from "@unroll/tensor";

import type { TapeNode } from "./node.js";

/** What a derivative may read while it runs. */
export interface VjpContext {
  readonly node: TapeNode;
  /** Which input the gradient is for. */
  readonly index: number;
  /** The value of an input the rule asked for. */
  readonly input: (index: number) => Tensor;
  /** The value of the output, where the rule asked for it. */
  readonly output: () => Tensor;
  /** Cotangents of all outputs; only `split` has more than one. */
  readonly cotangents: () => Tensor[];
}

/** The vector-Jacobian product with respect to one input. */
export interface InputRule<A = never> {
  /** Indices of the inputs whose values it reads. */
  readonly inputs?: readonly number[];
  /** Whether it reads the output. */
  readonly output?: boolean;
  vjp(cotangent: Tensor, context: VjpContext, attributes: A): Tensor;
}

/** A rule per input; a list shorter than the inputs repeats its last; null for inputs without a gradient. */
export type VjpRule = readonly (InputRule | null)[];

/** The rule for input `index`. */
export function ruleFor(rule: VjpRule, index: number): InputRule | null {
  return rule[Math.min(index, rule.length - 1)] ?? null;
}

/** A context over a recorded node. */
export function contextOf(node: TapeNode, index: number, cotangents: readonly (Tensor | undefined)[]): VjpContext {
  return {
    node,
    index,
    input: (position) => node.savedInputs[position] as Tensor,
    output: () => node.savedOutput as Tensor,
    cotangents: () => node.outputs.map(({ shape, dtype }, index) => cotangents[index] ?? zeros([], { dtype }).broadcastTo(shape)),
  };
}
