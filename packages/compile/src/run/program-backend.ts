import { currentBackend, type Backend } from "@unroll/tensor";
import type { ProgramHost } from "@unroll/wasm";

import { CompileError } from "../error.js";

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

const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** @throws CompileError `unsupported` where a page has come to forbid compiling WebAssembly since its backend was made. */
export function expectCompiling(name: string): void {
  try {
    new WebAssembly.Module(emptyModule);
  } catch (cause) {
    throw new CompileError(
      "unsupported",
      `${name}: this page's policy forbids to compile WebAssembly (${(cause as Error).message}); allow 'wasm-unsafe-eval'`,
    );
  }
}
