import type { DType, Tensor } from "@unroll/tensor";

import type { AttributeProto } from "../generated/onnx_pb.js";

/** A value on its way into or out of a graph. */
export interface GraphValue {
  readonly name: string;
  /** A length that may vary has a name where it is that of an axis, and is undefined where it only follows from some. */
  readonly shape: readonly (number | string | undefined)[];
  readonly dtype: DType;
}

/** Attributes of a node: integers, lists of integers, texts, graphs that it runs, and whatever is a message already. */
export type NodeAttributes = Readonly<Record<string, number | readonly number[] | string | RecordedGraph | AttributeProto>>;

/** A node of a graph. */
export interface RecordedNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: NodeAttributes;
}

/** A graph as plain data. Names that none of its nodes gives belong to the graph around it. */
export interface RecordedGraph {
  readonly nodes: readonly RecordedNode[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

/** Integers that a model holds, for an input such as a shape. */
export interface IntegerConstant {
  readonly integers: readonly number[];
  /** For the shape of a Reshape, where 0 may stand for lengths that are copied from the input, and -1 for one more. */
  readonly inference?: { readonly copied: readonly boolean[] } | undefined;
}

/** A value that a model holds. */
export type Constant = Tensor | IntegerConstant;

/** A graph with the values it holds, by name. */
export interface RecordedModel extends RecordedGraph {
  readonly constants: ReadonlyMap<string, Constant>;
}

/** Whether an attribute is a graph. */
export function isGraph(attribute: NodeAttributes[string]): attribute is RecordedGraph {
  return typeof attribute === "object" && "nodes" in attribute;
}

/** All names that a node reads, those that its graphs read from outside included. */
export function readNames({ inputs, attributes }: RecordedNode): string[] {
  const captured = Object.values(attributes)
    .filter(isGraph)
    .flatMap(({ nodes, outputs }) => [...nodes.flatMap(readNames), ...outputs.map(({ name }) => name)]);
  return [...inputs, ...captured];
}

/** The nodes that the outputs need, in their order. */
export function neededNodes(nodes: readonly RecordedNode[], outputs: readonly string[]): RecordedNode[] {
  const needed = new Set(outputs);
  const kept = nodes.toReversed().filter((node) => {
    const used = node.outputs.some((name) => needed.has(name));
    if (used) for (const name of readNames(node)) needed.add(name);
    return used;
  });
  return kept.reverse();
}
