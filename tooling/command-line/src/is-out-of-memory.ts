import { WasmError } from "@unroll/wasm";

/** Whether an error says that what was asked for does not fit into memory. */
export function isOutOfMemory(error: unknown): boolean {
  if (error instanceof WasmError) return error.code === "memory";
  return error instanceof RangeError && /allocation failed|invalid (typed )?array (buffer )?length/i.test(error.message);
}
