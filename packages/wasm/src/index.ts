export { WasmBackend } from "./backend.js";
export type { WasmOptions } from "./backend.js";
export { WasmError } from "./error.js";
export type { WasmErrorCode } from "./error.js";
export type { MemoryStats } from "./pool.js";
export type { LinkedProgram, ProgramHost } from "./programs.js";
export { useWasm } from "./use-wasm.js";
