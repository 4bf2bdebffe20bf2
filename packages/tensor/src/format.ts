import type { DType, TypedArray } from "./dtype.js";
import { formatShape, rowMajorStrides, type Shape } from "./shape.js";

const edgeItems = 3;
const threshold = 200;

function formatElement(value: number, dtype: DType): string {
  if (dtype === "bool") return value === 0 ? "false" : "true";
  if (dtype === "int32" || !Number.isFinite(value) || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(6)));
}

/** Nested brackets as NumPy prints them; past 200 elements only three at either end of an axis. */
export function formatTensor(data: TypedArray, shape: Shape, dtype: DType): string {
  const strides = rowMajorStrides(shape);
  const shorten = data.length > threshold;
  const print = (axis: number, offset: number): string => {
    if (axis === shape.length) return formatElement(data[offset] as number, dtype);
    const length = shape[axis] as number;
    const items: string[] = [];
    for (let index = 0; index < length; index++) {
      if (shorten && length > 2 * edgeItems && index === edgeItems) {
        items.push("...");
        index = length - edgeItems;
      }
      items.push(print(axis + 1, offset + index * (strides[axis] as number)));
    }
    const separator = axis === shape.length - 1 ? ", " : `,\n${" ".repeat(axis + 8)}`;
    return `[${items.join(separator)}]`;
  };
  return `Tensor(${print(0, 0)}, shape=${formatShape(shape)}, dtype=${dtype})`;
}
