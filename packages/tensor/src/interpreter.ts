import type { DType } from "./dtype.js";
import type { Primitive } from "./primitives/primitive.js";
import type { Tensor } from "./tensor.js";

/**
 * Decides what happens when a primitive meets its tensors: evaluate it, record it on a tape, or trace it.
 * `dispatch` hands each call to the interpreter of the input with the highest `level`.
 */
export interface Interpreter {
  /** 0 evaluates; tapes and tracers stand above. */
  readonly level: number;
  readonly name: string;
  apply(primitive: Primitive, inputs: readonly Tensor[], attributes: object): Tensor[];
  /** A scalar of shape `[]` for a number that stands among the operands. */
  constant(value: number, dtype: DType): Tensor;
}
