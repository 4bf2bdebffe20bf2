import { create } from "@bufbuild/protobuf";
import { fromTypedArray, sizeOf, type DType, type Shape, type Tensor, type TypedArray } from "@unroll/tensor";

import { fail } from "../error.js";
import {
  TensorProto_DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type TensorProto,
} from "../generated/onnx_pb.js";
import { elementType } from "../safetensors/element-types.js";

const stored: Readonly<Partial<Record<DataType, string>>> = {
  [DataType.FLOAT]: "F32",
  [DataType.DOUBLE]: "F64",
  [DataType.FLOAT16]: "F16",
  [DataType.BFLOAT16]: "BF16",
  [DataType.INT64]: "I64",
  [DataType.INT32]: "I32",
  [DataType.INT16]: "I16",
  [DataType.INT8]: "I8",
  [DataType.UINT64]: "U64",
  [DataType.UINT32]: "U32",
  [DataType.UINT16]: "U16",
  [DataType.UINT8]: "U8",
  [DataType.BOOL]: "BOOL",
};

/** ONNX's types that become each dtype, by number. */
export function dtypeOfElement(type: number, where: string): DType {
  const name = stored[type as DataType];
  if (name === undefined)
    return fail("dtype", `read ONNX: ${where} has element type ${DataType[type] ?? type}, which no tensor here can hold`);
  if (name === "F64") return "float64";
  if (name === "BOOL") return "bool";
  return name.includes("F") ? "float32" : "int32";
}

/** ONNX's type of each dtype. */
export const elementOfDtype: Readonly<Record<DType, DataType>> = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  int32: DataType.INT32,
  bool: DataType.BOOL,
};

/**
 * The tensor of a message.
 *
 * @throws SerializeError `format`, `dtype`, `value`
 */
export function decodeTensor(proto: TensorProto): Tensor {
  const where = `tensor ${JSON.stringify(proto.name)}`;
  const shape = proto.dims.map(Number);
  const count = sizeOf(shape);
  if (shape.some((length) => length < 0) || !Number.isSafeInteger(count))
    fail("format", `read ONNX: ${where} has shape [${shape.join(", ")}]`);
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL || proto.segment !== undefined) {
    fail(
      "format",
      `read ONNX: ${where} lies outside the file; save the model with its data inside (save_as_external_data=False)`,
    );
  }
  const elements = proto.rawData.byteLength > 0 ? rawElements(proto, where) : typedElements(proto, where);
  if (elements.length !== count)
    fail("format", `read ONNX: ${where} of shape [${shape.join(", ")}] needs ${count} elements, got ${elements.length}`);
  return fromTypedArray(elements, shape);
}

function rawElements({ rawData, dataType }: TensorProto, where: string): TypedArray {
  dtypeOfElement(dataType, where);
  if (dataType === (DataType.INT64 as number)) return saturated(new BigInt64Array(aligned(rawData, 8, where)), where);
  const type = elementType(stored[dataType as DataType] as string, where);
  return type.read(new Uint8Array(aligned(rawData, type.bytes, where)), where);
}

function aligned(bytes: Uint8Array, size: number, where: string): ArrayBuffer {
  if (bytes.byteLength % size !== 0)
    fail("format", `read ONNX: ${where} must have whole elements of ${size} bytes, got ${bytes.byteLength} bytes`);
  return Uint8Array.from(bytes).buffer;
}

function typedElements(proto: TensorProto, where: string): TypedArray {
  switch (dtypeOfElement(proto.dataType, where)) {
    case "float64":
      return Float64Array.from(proto.doubleData);
    case "bool":
      return Uint8Array.from(proto.int32Data, (value) => (value === 0 ? 0 : 1));
    case "float32":
      if (proto.dataType === (DataType.FLOAT as number)) return Float32Array.from(proto.floatData);
      return elementType(stored[proto.dataType as DataType] as string, where).read(
        new Uint8Array(Uint16Array.from(proto.int32Data).buffer),
        where,
      );
    case "int32":
      if (proto.dataType === (DataType.INT64 as number)) return saturated(proto.int64Data, where);
      return proto.uint64Data.length > 0 ? saturated(proto.uint64Data, where) : Int32Array.from(proto.int32Data);
  }
}

// The ends of the range of int64 stand for "as far as it goes", in slices; other large numbers are an error.
function saturated(values: ArrayLike<bigint>, where: string): Int32Array {
  return Int32Array.from(values, (value) => {
    const magnitude = value < 0n ? -value : value;
    if (magnitude < 2n ** 31n || value === -(2n ** 31n)) return Number(value);
    if (magnitude < 2n ** 62n) fail("value", `read ONNX: integers must fit in int32, got ${value} in ${where}`);
    return value < 0n ? -(2 ** 31) : 2 ** 31 - 1;
  });
}

/** The message of a tensor. */
export function encodeTensor(name: string, tensor: Tensor): TensorProto {
  const elements = tensor.toTypedArray();
  return create(TensorProtoSchema, {
    name,
    dims: tensor.shape.map(BigInt),
    dataType: elementOfDtype[tensor.dtype],
    rawData: new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength),
  });
}

/** The message of a list of integers, as ONNX wants them for shapes and axes. */
export function encodeIntegers(name: string, values: Shape): TensorProto {
  const elements = BigInt64Array.from(values, BigInt);
  return create(TensorProtoSchema, {
    name,
    dims: [BigInt(values.length)],
    dataType: DataType.INT64,
    rawData: new Uint8Array(elements.buffer),
  });
}
