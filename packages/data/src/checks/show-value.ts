import { formatShape, Tensor } from "@unroll/tensor";

/**
 * What an error says it got: a number or a text as it is, and of anything else what kind it is. Nothing here takes a
 * tensor, so that one comes with what to pass in its place.
 */
export function showValue(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (Tensor.isTensor(value)) return `a tensor of ${formatShape(value.shape)}; pass its toTypedArray()`;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === "Object") return "an object";
  return kind.endsWith("Function") ? "a function" : `an instance of ${kind}`;
}
