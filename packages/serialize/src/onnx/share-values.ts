import { Tensor } from "@unroll/tensor";

import {
  isGraph,
  type Constant,
  type NodeAttributes,
  type RecordedGraph,
  type RecordedModel,
  type RecordedNode,
} from "./recorded-graph.js";

/** The same model with each small constant, and each result of the same node on the same inputs, there once. */
export function shareValues(model: RecordedModel): RecordedModel {
  const names = new Map<string, string>();
  const seen = new Map<string, string>();
  const constants = new Map<string, Constant>();
  for (const [name, constant] of model.constants) {
    const key = contentOf(constant);
    const same = key === undefined ? undefined : seen.get(key);
    if (same !== undefined) {
      names.set(name, same);
      continue;
    }
    if (key !== undefined) seen.set(key, name);
    constants.set(name, constant);
  }
  return { ...sharedGraph(model, names), constants };
}

// Only what is no parameter: scalars, and lists of integers.
function contentOf(constant: Constant): string | undefined {
  if (!Tensor.isTensor(constant)) return `integers ${constant.integers.join()}`;
  if (constant.rank > 0) return undefined;
  const value = constant.item();
  return `${constant.dtype} ${Object.is(value, -0) ? "-0" : String(value)}`;
}

function sharedGraph(graph: RecordedGraph, around: ReadonlyMap<string, string>): RecordedGraph {
  const names = new Map(around);
  const seen = new Map<string, RecordedNode>();
  const results = new Set(graph.outputs.map(({ name }) => name));
  const nodes: RecordedNode[] = [];
  for (const given of graph.nodes) {
    const node = renamed(given, names);
    const key = node.outputs.some((name) => results.has(name)) ? undefined : keyOf(node);
    const same = key === undefined ? undefined : seen.get(key);
    if (same === undefined) {
      if (key !== undefined) seen.set(key, node);
      nodes.push(node);
    } else {
      node.outputs.forEach((name, index) => names.set(name, same.outputs[index] as string));
    }
  }
  return { ...graph, nodes };
}

function renamed(node: RecordedNode, names: ReadonlyMap<string, string>): RecordedNode {
  const attributes = Object.entries(node.attributes).map(([name, value]): [string, NodeAttributes[string]] => [
    name,
    isGraph(value) ? sharedGraph(value, names) : value,
  ]);
  return { ...node, inputs: node.inputs.map((name) => names.get(name) ?? name), attributes: Object.fromEntries(attributes) };
}

// Nodes with graphs or messages among their attributes are never the same.
function keyOf({ opType, inputs, outputs, attributes }: RecordedNode): string | undefined {
  const plain = Object.values(attributes).every((value) => typeof value !== "object" || Array.isArray(value));
  return plain ? JSON.stringify([opType, inputs, outputs.length, attributes]) : undefined;
}
