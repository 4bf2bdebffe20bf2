import type { Backend } from "@unroll/tensor";

import type { ScanPlan } from "../plan/plan.js";
import { KernelScan } from "./kernel-scan.js";
import { runsPrograms, type ProgramBackend } from "./program-backend.js";
import { ProgramScan } from "./program-scan.js";
import type { ScanRunner } from "./scan-runner.js";

// Backends whose page has come to forbid compiling WebAssembly since they were made: a policy only ever becomes stricter.
const forbidden = new WeakSet<Backend>();

/** A loop as the backend runs it best: as one program where it runs programs and the page lets it, else by its kernels. */
export function runnerFor(plan: ScanPlan, backend: Backend, name: string): ScanRunner {
  return unlessForbidden(backend, name, (programs) => new ProgramScan(plan, programs)) ?? new KernelScan(plan);
}

/**
 * Makes a program; undefined where the backend runs none, or the page has come to forbid it, which is said once.
 *
 * @param name - of what it is for, in what is said.
 */
export function unlessForbidden<P>(backend: Backend, name: string, make: (backend: ProgramBackend) => P): P | undefined {
  if (!runsPrograms(backend) || forbidden.has(backend)) return undefined;
  try {
    return make(backend);
  } catch (error) {
    const reason = refusal();
    if (reason === undefined) throw error;
    forbidden.add(backend);
    console.warn(
      `${name}: this page's policy forbids to compile WebAssembly (${reason}); allow 'wasm-unsafe-eval'. From now on operations run one by one.`,
    );
    return undefined;
  }
}

// Why the page compiles no WebAssembly at all, not even a module without anything in it.
function refusal(): string | undefined {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
