import { currentBackend, type Backend } from "@unroll/tensor";
import type { ProgramHost } from "@unroll/wasm";

/** A backend that runs programs over its memory. */
export interface ProgramBackend extends Backend {
  readonly programs: ProgramHost;
}

/** Whether a backend runs programs. */
export function runsPrograms(backend: Backend): backend is ProgramBackend {
  return "programs" in backend;
}

/** Whether the selected backend runs compiled steps as programs; others run them by their kernels. */
export function canCompile(): boolean {
  return runsPrograms(currentBackend());
}
