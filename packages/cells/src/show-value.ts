import { formatShape, Tensor } from "@unroll/tensor";

/** A value in an error: the shape of a tensor, a number or a string as it is, and of anything else what kind it is. */
export function showValue(value: unknown): string {
  if (Tensor.isTensor(value)) return formatShape(value.shape);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  return value === undefined ? "none" : `${value as number | boolean | null}`;
}
