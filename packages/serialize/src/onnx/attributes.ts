import { create } from "@bufbuild/protobuf";

import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  type AttributeProto,
} from "../generated/onnx_pb.js";

/** An attribute that is a real number. */
export function floatAttribute(name: string, value: number): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value });
}

/** An attribute that is a list of real numbers. */
export function floatsAttribute(name: string, values: readonly number[]): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...values] });
}

/** An attribute that is a list of texts. */
export function textsAttribute(name: string, values: readonly string[]): AttributeProto {
  const encoder = new TextEncoder();
  return create(AttributeProtoSchema, {
    name,
    type: AttributeType.STRINGS,
    strings: values.map((value) => encoder.encode(value)),
  });
}
