import { fromBinary } from "@bufbuild/protobuf";
import { Module, Parameter } from "@unroll/nn";
import { isFloat, TensorError, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { ModelProtoSchema, type GraphProto, type NodeProto } from "../generated/onnx_pb.js";
import { describeNode, OperatorCall } from "./operator-call.js";
import { operators } from "./operators/table.js";
import { decodeTensor } from "./tensor-proto.js";

/** A model that came as an ONNX graph. Its float initializers are parameters under their own names, so that it can be trained on. */
export class OnnxModel extends Module {
  /** Names of what {@link run} needs. */
  readonly inputs: readonly string[];
  /** Names of what {@link run} gives. */
  readonly outputs: readonly string[];
  readonly #nodes: readonly NodeProto[];
  readonly #opset: number;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #constants: ReadonlyMap<string, Tensor>;

  constructor(graph: GraphProto, { opset }: { readonly opset: number }) {
    super();
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
    this.outputs = graph.output.map(({ name }) => name);
    this.#nodes = graph.node;
    this.#opset = opset;
  }

  protected override parts(): Iterable<readonly [string, unknown]> {
    return this.#parameters;
  }

  /**
   * Runs the graph.
   *
   * @param values - One tensor per name of {@link inputs}.
   * @returns One tensor per name of {@link outputs}.
   * @throws SerializeError `name` when an input is missing, `format` when a node cannot run, with its name
   */
  run(values: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    const known = new Map<string, Tensor>([...this.#constants, ...this.#parameters]);
    for (const name of this.inputs) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined)
        return fail("name", `run ONNX: needs inputs ${this.inputs.join(", ")}, got ${Object.keys(values).join(", ")}`);
      known.set(name, value);
    }
    for (const node of this.#nodes) this.#runNode(node, known);
    return Object.fromEntries(
      this.outputs.map((name) => [
        name,
        known.get(name) ?? fail("format", `run ONNX: no node gives the output ${JSON.stringify(name)}`),
      ]),
    );
  }

  #runNode(node: NodeProto, known: Map<string, Tensor>): void {
    const inputs = node.input.map((name) =>
      name === ""
        ? undefined
        : (known.get(name) ??
          fail("format", `run ONNX: ${describeNode(node)} reads ${JSON.stringify(name)}, which nothing gives before it`)),
    );
    const run = operators.get(node.opType) ?? unsupported([node]);
    try {
      const results = run(new OperatorCall(node, { inputs, opset: this.#opset }));
      node.output.forEach((name, index) => {
        const result = results[index];
        if (name !== "" && result !== undefined) known.set(name, result);
      });
    } catch (cause) {
      if (!(cause instanceof TensorError)) throw cause;
      fail("format", `run ONNX: ${describeNode(node)}: ${cause.message}`, { cause });
    }
  }
}

/**
 * Reads an ONNX model: the recurrent operators with every attribute, and the plain ones around them.
 *
 * @throws SerializeError `format` for a broken file, or for operators that are not supported, each named with its node
 * @example
 * const model = importOnnx(await readFile("forecast.onnx"));
 * const { Y } = model.run({ X: zeros([5, 1, 3]) });
 */
export function importOnnx(bytes: Uint8Array): OnnxModel {
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
  const { graph, opsetImport } = model;
  const opset = opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version;
  if (graph === undefined || opset === undefined)
    return fail("format", "read ONNX: a model must have a graph and a version of the operators; the file is of another kind");
  const unknown = graph.node.filter(({ opType, domain }) => (domain !== "" && domain !== "ai.onnx") || !operators.has(opType));
  if (unknown.length > 0) unsupported(unknown);
  if (graph.sparseInitializer.length > 0)
    fail("format", "read ONNX: sparse initializers are not supported; save the model with dense ones");
  return new OnnxModel(graph, { opset: Number(opset) });
}

function unsupported(nodes: readonly NodeProto[]): never {
  const named = nodes.slice(0, 5).map((node) => (node.domain === "" ? "" : `${node.domain}.`) + describeNode(node));
  return fail(
    "format",
    `read ONNX: these operators are not supported: ${named.join(", ")}${nodes.length > 5 ? `, and ${nodes.length - 5} more` : ""}`,
  );
}
