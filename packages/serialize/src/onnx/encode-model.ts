import { create, isMessage, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { Tensor } from "@unroll/tensor";

import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type ValueInfoProto,
} from "../generated/onnx_pb.js";
import {
  isGraph,
  type GraphValue,
  type NodeAttributes,
  type RecordedGraph,
  type RecordedModel,
  type RecordedNode,
} from "./recorded-graph.js";
import { elementOfDtype, encodeIntegers, encodeTensor } from "./tensor-proto.js";

/** The file of a model. */
export function encodeModel(model: RecordedModel, { opset }: { readonly opset: number }): Uint8Array {
  const initializer = [...model.constants].map(([name, constant]) =>
    Tensor.isTensor(constant) ? encodeTensor(name, constant) : encodeIntegers(name, constant.integers),
  );
  const graph = create(GraphProtoSchema, { ...graphFields(model, "unroll"), initializer });
  // The first version of the format that has these operators.
  const irVersion = opset <= 18 ? 8n : opset <= 20 ? 9n : 10n;
  const opsetImport = [{ domain: "", version: BigInt(opset) }];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion, producerName: "unroll", opsetImport, graph }));
}

function graphFields({ nodes, inputs, outputs }: RecordedGraph, name: string): MessageInitShape<typeof GraphProtoSchema> {
  return { name, node: nodes.map(encodeNode), input: inputs.map(encodeValue), output: outputs.map(encodeValue) };
}

function encodeNode({ opType, inputs, outputs, attributes }: RecordedNode): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value));
  return create(NodeProtoSchema, { opType, name: outputs[0] as string, input: [...inputs], output: [...outputs], attribute });
}

function encodeAttribute(name: string, value: NodeAttributes[string]): AttributeProto {
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  }
  if (isGraph(value)) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.GRAPH,
      g: create(GraphProtoSchema, graphFields(value, name)),
    });
  }
  if (isMessage(value, AttributeProtoSchema)) return value;
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

function encodeValue({ name, shape, dtype }: GraphValue): ValueInfoProto {
  const dim = shape.map((length) => {
    if (length === undefined) return {};
    return {
      value:
        typeof length === "string"
          ? { case: "dimParam" as const, value: length }
          : { case: "dimValue" as const, value: BigInt(length) },
    };
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: elementOfDtype[dtype], shape: { dim } } } },
  });
}
