import { setBackend } from "@unroll/tensor";

import { WasmBackend, type WasmOptions } from "./backend.js";

/**
 * Makes WebAssembly the backend of new tensors. Tensors made before stay where they are and move when they meet new ones.
 *
 * @returns the backend, whose `stats()` show what it holds.
 * @throws WasmError `unsupported`, `option`
 *
 * @example
 * await useWasm();
 */
export async function useWasm(options: WasmOptions = {}): Promise<WasmBackend> {
  const backend = await WasmBackend.create(options);
  setBackend(backend);
  return backend;
}
