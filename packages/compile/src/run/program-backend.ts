import { currentBackend, type Backend, type Tensor } from "@unroll/tensor";
import type { ProgramHost } from "@unroll/wasm";

import { withoutGaps } from "./without-gaps.js";

/** A backend that runs programs over its memory. */
export interface ProgramBackend extends Backend {
  readonly programs: ProgramHost;
}

/** Whether a backend runs programs. */
export function runsPrograms(backend: Backend): backend is ProgramBackend {
  return "programs" in backend;
}

/** Where a program reads a value without a batch axis: passes read every dtype as numbers. */
export function addressOfVector(x: Tensor, backend: ProgramBackend): number {
  return backend.programs.addressOf(withoutGaps(x.cast("float32"), backend));
}

/** Whether the selected backend runs compiled steps as programs; others run them by their kernels. */
export function canCompile(): boolean {
  return runsPrograms(currentBackend());
}
