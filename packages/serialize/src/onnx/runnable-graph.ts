import { Parameter } from "@unroll/nn";
import { isFloat, TensorError, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import {
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from "../generated/onnx_pb.js";
import { describeNode, OperatorCall } from "./operator-call.js";
import { operators } from "./operators/table.js";
import { decodeTensor } from "./tensor-proto.js";

/** Values by name. */
type Values = ReadonlyMap<string, Tensor>;

/** A graph that can be run, that of a model or one inside a node. Its float initializers are parameters. */
export class RunnableGraph {
  /** Names of the inputs that are not initializers. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Lengths of each input's axes that are fixed, by name; undefined for the others. */
  readonly inputLengths: ReadonlyMap<string, readonly (number | undefined)[]>;
  readonly #nodes: readonly { readonly node: NodeProto; readonly graphs: ReadonlyMap<string, RunnableGraph> }[];
  readonly #opset: number;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #constants: Values;

  constructor(graph: GraphProto, { opset }: { readonly opset: number }) {
    const initial = graph.initializer.map((proto) => [proto.name, decodeTensor(proto)] as const);
    this.#parameters = new Map(
      initial
        .filter(([, { dtype }]) => isFloat(dtype))
        .map(([name, value]) => [
          name,
          new Parameter({ shape: value.shape, dtype: value.dtype, initializer: () => value.copy() }),
        ]),
    );
    this.#constants = new Map(initial.filter(([, { dtype }]) => !isFloat(dtype)));
    this.inputs = graph.input.map(({ name }) => name).filter((name) => !this.#parameters.has(name) && !this.#constants.has(name));
    this.inputLengths = new Map(graph.input.flatMap(fixedLengths));
    this.outputs = graph.output.map(({ name }) => name);
    this.#nodes = graph.node.map((node) => ({
      node,
      graphs: new Map(graphsOf(node).map(({ name, graph: inner }) => [name, new RunnableGraph(inner, { opset })])),
    }));
    this.#opset = opset;
  }

  /** Parameters by the names of their initializers; those inside a node, which may have the same, after the name of that node. */
  *parameters(): Iterable<readonly [string, Parameter]> {
    yield* this.#parameters;
    for (const { node, graphs } of this.#nodes) {
      for (const inner of graphs.values())
        for (const [name, parameter] of inner.parameters()) yield [`${node.name || node.output[0]}/${name}`, parameter];
    }
  }

  /**
   * Runs the graph.
   *
   * @param values - By name: one for each of {@link inputs}, and what the graph reads from outside.
   * @returns One tensor for each of {@link outputs}.
   * @throws SerializeError `format` when a node cannot run, with its name
   */
  run(values: Values): Tensor[] {
    const known = new Map<string, Tensor>([...values, ...this.#constants, ...this.#parameters]);
    for (const { node, graphs } of this.#nodes) runNode(node, { known, graphs, opset: this.#opset });
    return this.outputs.map(
      (name) => known.get(name) ?? fail("format", `run ONNX: no node gives the output ${JSON.stringify(name)}`),
    );
  }
}

/** The graphs among a node's attributes. */
export function graphsOf({ attribute }: NodeProto): { readonly name: string; readonly graph: GraphProto }[] {
  return attribute.flatMap(({ name, type, g }) =>
    g === undefined || (type !== AttributeType.GRAPH && type !== AttributeType.UNDEFINED) ? [] : [{ name, graph: g }],
  );
}

function fixedLengths({ name, type }: ValueInfoProto): [string, (number | undefined)[]][] {
  if (type?.value.case !== "tensorType" || type.value.value.shape === undefined) return [];
  return [[name, type.value.value.shape.dim.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : undefined))]];
}

interface Surroundings {
  readonly known: Map<string, Tensor>;
  readonly graphs: ReadonlyMap<string, RunnableGraph>;
  readonly opset: number;
}

function runNode(node: NodeProto, { known, graphs, opset }: Surroundings): void {
  const inputs = node.input.map((name) =>
    name === ""
      ? undefined
      : (known.get(name) ??
        fail("format", `run ONNX: ${describeNode(node)} reads ${JSON.stringify(name)}, which nothing gives before it`)),
  );
  const run = operators.get(node.opType) ?? fail("format", `run ONNX: ${describeNode(node)} is not supported`);
  const inner = (name: string, given: readonly Tensor[]): Tensor[] => {
    const graph = graphs.get(name) ?? fail("format", `run ONNX: ${describeNode(node)} needs a graph ${name}`);
    if (graph.inputs.length !== given.length)
      fail("format", `run ONNX: ${name} of ${describeNode(node)} must take ${given.length} inputs, got ${graph.inputs.length}`);
    return graph.run(new Map([...known, ...graph.inputs.map((input, index) => [input, given[index] as Tensor] as const)]));
  };
  try {
    const results = run(new OperatorCall(node, { inputs, opset, runGraph: inner }));
    node.output.forEach((name, index) => {
      const result = results[index];
      if (name !== "" && result !== undefined) known.set(name, result);
    });
  } catch (cause) {
    // With inputs of a wrong rank or number, operators reach for lengths and tensors that are not there.
    if (!(cause instanceof TensorError || cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    fail("format", `run ONNX: ${describeNode(node)}: ${cause.message}`, { cause });
  }
}
