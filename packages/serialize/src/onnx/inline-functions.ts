import { clone, create } from "@bufbuild/protobuf";

import { fail } from "../error.js";
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type NodeProto,
} from "../generated/onnx_pb.js";

// Functions may call functions, but not themselves, nor each other so often that the graph has more nodes than any model.
const maxDepth = 32;
const maxNodes = 1_000_000;

/**
 * A graph in which the bodies of a model's own functions stand where it calls them.
 *
 * @throws SerializeError `limit` for functions that call each other without end
 */
export function inlineFunctions(graph: GraphProto, functions: readonly FunctionProto[]): GraphProto {
  if (functions.length === 0) return graph;
  const known = new Map(functions.map((own) => [keyOf(own.domain, own.name), own]));
  let count = 0;
  const expand = (nodes: readonly NodeProto[], depth: number): NodeProto[] =>
    nodes.flatMap((node) => {
      const own = known.get(keyOf(node.domain, node.opType));
      const inner = withGraphs(node, (body) => withNodes(body, expand(body.node, depth + 1)));
      if (own === undefined) return [inner];
      count += own.node.length;
      if (depth > maxDepth || count > maxNodes) {
        const limits = `${maxDepth} deep and for ${maxNodes} nodes`;
        fail("limit", `read ONNX: functions may call each other ${limits}, got more at ${own.name}`);
      }
      return expand(bodyOf(own, inner), depth + 1);
    });
  return withNodes(graph, expand(graph.node, 0));
}

function keyOf(domain: string, name: string): string {
  return JSON.stringify([domain === "ai.onnx" ? "" : domain, name]);
}

// The body of a function with the names and attributes of one call.
function bodyOf(own: FunctionProto, call: NodeProto): NodeProto[] {
  const prefix = call.name === "" ? (call.output[0] ?? "") : call.name;
  const names = new Map([
    ["", ""],
    ...own.input.map((name, index) => [name, call.input[index] ?? ""] as const),
    ...own.output.map((name, index) => [name, call.output[index] || `${prefix}/${name}`] as const),
  ]);
  const attributes = new Map([...own.attributeProto, ...call.attribute].map((attribute) => [attribute.name, attribute]));
  const nameOf = (name: string): string => names.get(name) ?? `${prefix}/${name}`;
  const renamed = (node: NodeProto): NodeProto => {
    const inner = withGraphs(node, (body) => {
      const copy = withNodes(clone(GraphProtoSchema, body), body.node.map(renamed));
      for (const value of [...copy.input, ...copy.output, ...copy.initializer]) value.name = nameOf(value.name);
      return copy;
    });
    return withFields(inner, {
      name: `${prefix}/${node.name}`,
      input: node.input.map(nameOf),
      output: node.output.map(nameOf),
      attribute: inner.attribute.flatMap((attribute) => given(attribute, attributes)),
    });
  };
  return own.node.map(renamed);
}

// An attribute that refers to one of the call is that one, or none where the call has none.
function given(attribute: AttributeProto, attributes: ReadonlyMap<string, AttributeProto>): AttributeProto[] {
  if (attribute.refAttrName === "") return [attribute];
  const value = attributes.get(attribute.refAttrName);
  if (value === undefined) return [];
  const copy = clone(AttributeProtoSchema, value);
  copy.name = attribute.name;
  return [copy];
}

function withGraphs(node: NodeProto, change: (graph: GraphProto) => GraphProto): NodeProto {
  if (node.attribute.every(({ g }) => g === undefined)) return node;
  const attribute = node.attribute.map((own) => {
    if (own.g === undefined) return own;
    const { name, type } = own;
    return create(AttributeProtoSchema, { name, type, g: change(own.g) });
  });
  return withFields(node, { attribute });
}

function withFields(
  { name, opType, domain, input, output, attribute }: NodeProto,
  fields: Partial<Pick<NodeProto, "name" | "input" | "output" | "attribute">>,
): NodeProto {
  return create(NodeProtoSchema, { name, opType, domain, input, output, attribute, ...fields });
}

function withNodes({ name, input, output, initializer, sparseInitializer }: GraphProto, node: NodeProto[]): GraphProto {
  return create(GraphProtoSchema, { name, node, input, output, initializer, sparseInitializer });
}
