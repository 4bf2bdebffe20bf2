import { Tensor, type DenseTensor, type DType, type Shape } from "@unroll/tensor";

import type { Edge } from "./edge.js";
import type { TapeNode } from "./node.js";
import type { Tape } from "./tape.js";

/** A tensor whose operations are recorded on a {@link Tape}. */
export class Variable extends Tensor {
  /** The tensor below: plain, or a variable of an outer tape. */
  readonly value: Tensor;
  readonly interpreter: Tape;
  /** Where its gradient arrives. */
  readonly edge: Edge;

  constructor(value: Tensor, tape: Tape, node?: TapeNode, outputIndex = 0) {
    super();
    this.value = value;
    this.interpreter = tape;
    this.edge = { tape, node, outputIndex, shape: value.shape, dtype: value.dtype };
  }

  override get shape(): Shape {
    return this.edge.shape;
  }

  override get dtype(): DType {
    return this.edge.dtype;
  }

  /** What `backward` has added up for a leaf, or for a value whose gradient is retained; undefined before. */
  get gradient(): Tensor | undefined {
    return this.interpreter.gradientOf(this);
  }

  override toDense(): DenseTensor {
    return this.value.toDense();
  }

  override dispose(): void {
    this.value.dispose();
  }
}
