import { currentBackend, type Backend } from "@unroll/tensor";
import type { ProgramHost } from "@unroll/wasm";

/** A backend that runs programs over its memory. */
export interface ProgramBackend extends Backend {
  readonly programs: ProgramHost;
}

/** The selected backend, if it runs programs. */
export function programBackend(): ProgramBackend | undefined {
  const backend = currentBackend();
  return "programs" in backend ? (backend as ProgramBackend) : undefined;
}

/** Whether the selected backend runs compiled steps. */
export function canCompile(): boolean {
  return programBackend() !== undefined;
}
