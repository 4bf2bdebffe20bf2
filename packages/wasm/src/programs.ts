import type { DenseTensor } from "@unroll/tensor";

import type { KernelExports } from "./exports.js";
import { addressOf } from "./layout.js";

/** A further WebAssembly module, instantiated in every thread. */
export interface LinkedProgram {
  /**
   * Calls an export once per thread and returns when all calls have.
   *
   * @param args - arguments of each call, at most one list per thread; the first runs on the calling thread.
   */
  run(name: string, args: readonly (readonly number[])[]): void;
}

/** Runs further WebAssembly modules over the backend's memory, beside its kernels. */
export interface ProgramHost {
  readonly memory: WebAssembly.Memory;
  /** Whether multiply-adds are fused. */
  readonly relaxed: boolean;
  /** Threads that run a program. */
  readonly threads: number;
  /** Address of a tensor's first element in the memory. */
  addressOf(x: DenseTensor): number;
  /** Compiles a module that imports `env.memory` and whatever it needs of `kernels` (their exports) and `math` (JavaScript's Math). */
  link(bytes: Uint8Array<ArrayBuffer>): LinkedProgram;
}

const math = Math as unknown as WebAssembly.ModuleImports;

/** A host that runs programs on the calling thread. */
export function programHost(
  memory: WebAssembly.Memory,
  kernels: KernelExports,
  { relaxed }: { readonly relaxed: boolean },
): ProgramHost {
  return {
    memory,
    relaxed,
    threads: 1,
    addressOf,
    link(bytes) {
      const imports = { env: { memory }, kernels: kernels as unknown as WebAssembly.ModuleImports, math };
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
      return { run: (name, [args = []]) => void (exports[name] as (...args: readonly number[]) => void)(...args) };
    },
  };
}
