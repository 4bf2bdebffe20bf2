import { bytesPerElement, dtypeOf, fromTypedArray, makeTypedArray, type Tensor, type TypedArray } from "@unroll/tensor";

import { fail } from "../error.js";
import { elementType } from "../safetensors/element-types.js";
import { PickledName, PickledReference, type PickledValue } from "./pickle-values.js";

const storageTypes: Readonly<Record<string, string>> = {
  "torch.FloatStorage": "F32",
  "torch.DoubleStorage": "F64",
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.LongStorage": "I64",
  "torch.IntStorage": "I32",
  "torch.ShortStorage": "I16",
  "torch.CharStorage": "I8",
  "torch.ByteStorage": "U8",
  "torch.BoolStorage": "BOOL",
};

/** The types of element blocks that can be read, by their names in Python. */
export const storageNames: readonly string[] = Object.keys(storageTypes);

/**
 * Makes the tensors of an archive. One block of elements may serve several, through strides; the copies made of it
 * together may be `8` times as long as the file, so that a small file cannot fill the memory.
 *
 * @param storage - The bytes of a block by its key.
 */
export function tensorReader(
  storage: (key: string) => Uint8Array | undefined,
  fileBytes: number,
): (args: readonly PickledValue[]) => Tensor {
  const blocks = new Map<string, TypedArray>();
  let budget = 8 * fileBytes + 1024;
  const block = (reference: PickledValue | undefined): TypedArray => {
    const id = reference instanceof PickledReference ? reference.id : undefined;
    const [kind, type, key, , count] = Array.isArray(id) ? id : [];
    if (kind !== "storage" || !(type instanceof PickledName) || typeof key !== "string" || !isSize(count)) {
      return fail("format", "read PyTorch: a tensor must refer to a block of elements");
    }
    const known = blocks.get(key);
    if (known !== undefined) return known;
    const bytes = storage(key);
    const dtype =
      storageTypes[type.path] ??
      fail("dtype", `read PyTorch: the elements of block ${key} are ${type.path}, which no tensor here can hold`);
    const element = elementType(dtype, key);
    if (bytes === undefined || bytes.byteLength < count * element.bytes) {
      return fail(
        "format",
        `read PyTorch: block ${JSON.stringify(key)} must have ${count * element.bytes} bytes, got ${bytes?.byteLength ?? 0}; the file is broken`,
      );
    }
    const elements = element.read(bytes.subarray(0, count * element.bytes), `block ${key}`);
    blocks.set(key, elements);
    return elements;
  };
  return ([reference, offset, shape, strides]) => {
    const source = block(reference);
    if (!isSize(offset) || !isSizes(shape) || !isSizes(strides) || shape.length !== strides.length || shape.length > 64) {
      return fail("format", "read PyTorch: a tensor must have an offset, a shape and strides");
    }
    const count = shape.reduce((product, length) => product * length, 1);
    const last = shape.reduce((sum, length, axis) => sum + Math.max(0, length - 1) * (strides[axis] as number), offset);
    if (count > 0 && !(last < source.length)) {
      fail(
        "format",
        `read PyTorch: a tensor [${shape.join(", ")}] must lie within its block of ${source.length} elements; the file is broken`,
      );
    }
    budget -= count * bytesPerElement[dtypeOf(source)];
    if (!(budget >= 0))
      fail(
        "limit",
        "read PyTorch: the tensors take over 8 times the size of the file; save them after .contiguous() or .clone()",
      );
    return fromTypedArray(gather(source, { offset, shape, strides, count }), shape);
  };
}

interface Layout {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly count: number;
}

function gather(source: TypedArray, { offset, shape, strides, count }: Layout): TypedArray {
  const result = makeTypedArray(dtypeOf(source), count);
  const index = new Array<number>(shape.length).fill(0);
  let position = offset;
  for (let i = 0; i < count; i++) {
    result[i] = source[position] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += strides[axis] as number;
      if (++(index[axis] as number) < (shape[axis] as number)) break;
      position -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}
