import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import type { DType, Shape, Tensor } from "@unroll/tensor";

import type { GraphProtoSchema } from "../generated/onnx_pb.js";
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "../generated/onnx_pb.js";
import { elementOfDtype, encodeIntegers, encodeTensor } from "./tensor-proto.js";

/** Attributes of a node: integers, lists of integers, texts. */
export type NodeAttributes = Readonly<Record<string, number | readonly number[] | string>>;

/** A value on its way into or out of a graph. */
export interface GraphValue {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A graph under construction. */
export class GraphBuilder {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers = new Map<string, TensorProto>();
  #count = 0;

  /** A name that nothing has yet. */
  fresh(kind: string): string {
    return `${kind}_${this.#count++}`;
  }

  /** Adds a node and returns the names of its outputs. */
  node(opType: string, inputs: readonly string[], attributes: NodeAttributes = {}, outputs = 1): string[] {
    const names = Array.from({ length: outputs }, () => this.fresh(opType.toLowerCase()));
    const attribute = Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value));
    this.#nodes.push(create(NodeProtoSchema, { opType, name: names[0] as string, input: [...inputs], output: names, attribute }));
    return names;
  }

  /** As {@link node}, for one output. */
  one(opType: string, inputs: readonly string[], attributes: NodeAttributes = {}): string {
    return this.node(opType, inputs, attributes)[0] as string;
  }

  /** Gives a value the name of an output. */
  output(value: string, name: string): void {
    this.#nodes.push(create(NodeProtoSchema, { opType: "Identity", name, input: [value], output: [name] }));
  }

  /** Stores a tensor in the model. */
  initializer(tensor: Tensor, name: string = this.fresh("constant")): string {
    this.#initializers.set(name, encodeTensor(name, tensor));
    return name;
  }

  /** Stores integers in the model, for an input such as a shape. */
  integers(values: readonly number[]): string {
    const name = this.fresh("integers");
    this.#initializers.set(name, encodeIntegers(name, values));
    return name;
  }

  /** Undoes what a run added, keeping the names apart. */
  attempt<R>(run: () => R): { readonly result: R; readonly undo: () => void } {
    const nodes = this.#nodes.length;
    const initializers = new Set(this.#initializers.keys());
    return {
      result: run(),
      undo: () => {
        this.#nodes.length = nodes;
        for (const name of this.#initializers.keys()) if (!initializers.has(name)) this.#initializers.delete(name);
      },
    };
  }

  /** The whole model as a file. Initializers that no node reads are left out. */
  encode({
    inputs,
    outputs,
    opset,
  }: {
    readonly inputs: readonly GraphValue[];
    readonly outputs: readonly GraphValue[];
    readonly opset: number;
  }): Uint8Array {
    const read = new Set(this.#nodes.flatMap(({ input }) => input));
    const graph: MessageInitShape<typeof GraphProtoSchema> = {
      name: "unroll",
      node: this.#nodes,
      initializer: [...this.#initializers.values()].filter(({ name }) => read.has(name)),
      input: inputs.map(encodeValue),
      output: outputs.map(encodeValue),
    };
    const opsetImport = [{ domain: "", version: BigInt(opset) }];
    return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, producerName: "unroll", opsetImport, graph }));
  }
}

function encodeAttribute(name: string, value: number | readonly number[] | string): AttributeProto {
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

function encodeValue({ name, shape, dtype }: GraphValue): ValueInfoProto {
  const dim = shape.map((length) => ({ value: { case: "dimValue" as const, value: BigInt(length) } }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: elementOfDtype[dtype], shape: { dim } } } },
  });
}
