import { dispatch, fromTypedArray, primitives, scalar, type Primitive, type PrimitiveName, type Tensor } from "@unroll/tensor";

import type { Node } from "../trace/graph.js";

/** Computes nodes without a batch axis at once, on the backend: what a loop takes from its weights, and what it gives back. */
export class Evaluation {
  readonly #weights: Readonly<Record<string, Tensor>>;
  readonly #values: Map<Node, Tensor>;

  /** @param totals - values of nodes that a loop has summed up. */
  constructor(weights: Readonly<Record<string, Tensor>>, totals: ReadonlyMap<Node, Tensor> = new Map()) {
    this.#weights = weights;
    this.#values = new Map(totals);
  }

  /** A weight by name. */
  weight(name: string): Tensor {
    return this.#weights[name] as Tensor;
  }

  valueOf(node: Node): Tensor {
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    const value = this.#compute(node);
    this.#values.set(node, value);
    return value;
  }

  #compute(node: Node): Tensor {
    if (node.leaf !== undefined) return this.#weights[node.leaf.name] as Tensor;
    if (node.literal !== undefined) return scalar(node.literal, { dtype: node.dtype }).broadcastTo(node.shape);
    if (node.elements !== undefined) return fromTypedArray(node.elements.toTypedArray(), node.shape).cast(node.dtype);
    const primitive: Primitive = primitives[node.operation as PrimitiveName];
    return dispatch(
      primitive,
      node.inputs.map((input) => this.valueOf(input)),
      node.attributes,
    )[node.output] as Tensor;
  }
}
