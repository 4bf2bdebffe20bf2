import { fromBinary } from "@bufbuild/protobuf";
import { Module } from "@unroll/nn";
import type { Shape, Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { ModelProtoSchema, type GraphProto, type NodeProto } from "../generated/onnx_pb.js";
import { toBytes } from "../to-bytes.js";
import { inlineFunctions } from "./inline-functions.js";
import { describeNode } from "./operator-call.js";
import { operators } from "./operators/table.js";
import { graphsOf, RunnableGraph } from "./runnable-graph.js";

/** A model that came as an ONNX graph. Its float initializers are parameters under their own names, so that it can be trained on. */
export class OnnxModel extends Module {
  readonly #graph: RunnableGraph;

  constructor(graph: RunnableGraph) {
    super();
    this.#graph = graph;
  }

  /** Names of what {@link run} needs. */
  get inputs(): readonly string[] {
    return this.#graph.inputs;
  }

  /** Names of what {@link run} gives. */
  get outputs(): readonly string[] {
    return this.#graph.outputs;
  }

  protected override parts(): Iterable<readonly [string, unknown]> {
    return this.#graph.parameters();
  }

  /**
   * Runs the graph.
   *
   * @param values - One tensor per name of {@link inputs}.
   * @returns One tensor per name of {@link outputs}.
   * @throws SerializeError `name` when an input is missing, `value` when one has another shape, `format` when a node cannot run, with its name
   */
  run(values: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    const given = this.inputs.map((name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined)
        return fail("name", `run ONNX: needs inputs ${this.inputs.join(", ")}, got ${Object.keys(values).join(", ")}`);
      const lengths = this.#graph.inputLengths.get(name);
      if (lengths !== undefined && !fits(value.shape, lengths)) {
        const wanted = lengths.map((length) => length ?? "any").join(", ");
        fail("value", `run ONNX: the input ${name} must have the shape [${wanted}], got [${value.shape.join(", ")}]`);
      }
      return [name, value] as const;
    });
    const results = this.#graph.run(new Map(given));
    return Object.fromEntries(this.outputs.map((name, index) => [name, results[index] as Tensor]));
  }
}

/**
 * Reads an ONNX model: the recurrent operators with every attribute, Scan, and the plain ones around them.
 *
 * @throws SerializeError `format` for a broken file, or for operators that are not supported, each named with its node
 * @example
 * const model = importOnnx(await readFile("forecast.onnx"));
 * const { Y } = model.run({ X: zeros([5, 1, 3]) });
 */
export function importOnnx(file: Uint8Array | ArrayBuffer): OnnxModel {
  const bytes = toBytes("read ONNX", file);
  let model;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    return fail(
      "format",
      `read ONNX: the file must be an ONNX model: ${(cause as Error).message}; it is truncated or of another kind`,
      { cause },
    );
  }
  const { graph, functions, opsetImport } = model;
  const opset = opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version;
  if (graph === undefined || opset === undefined)
    return fail("format", "read ONNX: a model must have a graph and a version of the operators; the file is of another kind");
  const whole = inlineFunctions(graph, functions);
  checkGraph(whole);
  return new OnnxModel(new RunnableGraph(whole, { opset: Number(opset) }));
}

function fits(shape: Shape, lengths: readonly (number | undefined)[]): boolean {
  return shape.length === lengths.length && lengths.every((length, axis) => length === undefined || length === shape[axis]);
}

function checkGraph(graph: GraphProto): void {
  const unknown = graph.node.filter(({ opType, domain }) => (domain !== "" && domain !== "ai.onnx") || !operators.has(opType));
  if (unknown.length > 0) unsupported(unknown);
  if (graph.sparseInitializer.length > 0)
    fail("format", "read ONNX: sparse initializers are not supported; save the model with dense ones");
  for (const node of graph.node) for (const { graph: inner } of graphsOf(node)) checkGraph(inner);
}

function unsupported(nodes: readonly NodeProto[]): never {
  const named = nodes.slice(0, 5).map((node) => (node.domain === "" ? "" : `${node.domain}.`) + describeNode(node));
  return fail(
    "format",
    `read ONNX: these operators are not supported: ${named.join(", ")}${nodes.length > 5 ? `, and ${nodes.length - 5} more` : ""}`,
  );
}
