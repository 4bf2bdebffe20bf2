import type { Backend } from "@unroll/tensor";

import type { ScanPlan } from "../plan/plan.js";
import { KernelScan } from "./kernel-scan.js";
import { runsPrograms } from "./program-backend.js";
import { ProgramScan } from "./program-scan.js";
import type { ScanRunner } from "./scan-runner.js";

// Backends whose page has come to forbid compiling WebAssembly since they were made: a policy only ever becomes stricter.
const forbidden = new WeakSet<Backend>();

/** A loop as the backend runs it best: as one program where it runs programs and the page lets it, else by its kernels. */
export function runnerFor(plan: ScanPlan, backend: Backend, name: string): ScanRunner {
  return programFor(plan, backend, name) ?? new KernelScan(plan);
}

/**
 * A loop as a program; undefined where the backend runs none, or the page has come to forbid it, which is said once.
 *
 * @param name - of what it is for, in what is said.
 */
export function programFor(plan: ScanPlan, backend: Backend, name: string): ProgramScan | undefined {
  if (!runsPrograms(backend) || forbidden.has(backend)) return undefined;
  try {
    return new ProgramScan(plan, backend);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError || error instanceof EvalError)) throw error;
    forbidden.add(backend);
    console.warn(
      `${name}: this page's policy forbids to compile WebAssembly (${error.message}); allow 'wasm-unsafe-eval'. Until then operations run one by one.`,
    );
    return undefined;
  }
}
