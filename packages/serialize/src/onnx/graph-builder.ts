import type { Tensor } from "@unroll/tensor";

import {
  neededNodes,
  type Constant,
  type GraphValue,
  type IntegerConstant,
  type NodeAttributes,
  type RecordedGraph,
  type RecordedNode,
} from "./recorded-graph.js";

/** A graph under construction: that of a model, or one inside a node of it. All share the values that the model holds. */
export class GraphBuilder {
  readonly #nodes: RecordedNode[] = [];
  readonly #model: { count: number; readonly constants: Map<string, Constant>; readonly opset: number };

  /** @param around - The graph that this one is inside of, or the version of the operators. */
  constructor(around: GraphBuilder | { readonly opset: number }) {
    this.#model = around instanceof GraphBuilder ? around.#model : { count: 0, constants: new Map(), opset: around.opset };
  }

  /** Version of the operators. */
  get opset(): number {
    return this.#model.opset;
  }

  /** What the model holds, by name. */
  get constants(): ReadonlyMap<string, Constant> {
    return this.#model.constants;
  }

  /** A name that nothing has yet. */
  fresh(kind: string): string {
    return `${kind}_${this.#model.count++}`;
  }

  /** Adds a node and returns the names of its outputs. */
  node(opType: string, inputs: readonly string[], attributes: NodeAttributes = {}, outputs = 1): string[] {
    const names = Array.from({ length: outputs }, () => this.fresh(opType.toLowerCase()));
    this.#nodes.push({ opType, inputs, outputs: names, attributes });
    return names;
  }

  /** Takes over nodes from a graph inside this one. */
  adopt(nodes: readonly RecordedNode[]): void {
    this.#nodes.push(...nodes);
  }

  /** As {@link node}, for one output. */
  one(opType: string, inputs: readonly string[], attributes: NodeAttributes = {}): string {
    return this.node(opType, inputs, attributes)[0] as string;
  }

  /** Stores a tensor in the model. */
  initializer(tensor: Tensor, name: string = this.fresh("constant")): string {
    this.#model.constants.set(name, tensor);
    return name;
  }

  /** Stores integers in the model, for an input such as a shape. */
  integers(integers: readonly number[], { inference }: Pick<IntegerConstant, "inference"> = {}): string {
    const name = this.fresh("integers");
    this.#model.constants.set(name, { integers, inference });
    return name;
  }

  /** The nodes so far, without those that these values do not need. */
  recorded(values: readonly string[]): RecordedNode[] {
    return neededNodes(this.#nodes, values);
  }

  /** The graph from its inputs to its outputs, each a value by another name, without the nodes that nothing needs. */
  finish(inputs: readonly GraphValue[], outputs: readonly (GraphValue & { readonly value: string })[]): RecordedGraph {
    for (const { name, value } of outputs) {
      this.#nodes.push({ opType: "Identity", inputs: [value], outputs: [name], attributes: {} });
    }
    const names = outputs.map(({ name }) => name);
    return {
      nodes: this.recorded(names),
      inputs,
      outputs: outputs.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    };
  }
}
