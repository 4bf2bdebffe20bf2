import type { Backend } from "@unroll/tensor";
import type { ProgramHost } from "@unroll/wasm";

/** A backend that runs programs over its memory. */
export interface ProgramBackend extends Backend {
  readonly programs: ProgramHost;
}

/** Whether a backend runs programs. */
export function runsPrograms(backend: Backend): backend is ProgramBackend {
  return "programs" in backend;
}
