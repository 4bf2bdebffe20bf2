import { Tensor } from "@unroll/tensor";

/** Whether a value is an object with named entries, which a tensor is not. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Tensor.isTensor(value);
}
