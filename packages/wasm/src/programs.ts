import type { DenseTensor } from "@unroll/tensor";

import { WasmError } from "./error.js";
import type { KernelExports } from "./exports.js";
import { packedRight } from "./kernels/packed-right.js";
import { panelBytes } from "./kernels/panels.js";
import { addressOf } from "./layout.js";
import type { WasmStorage } from "./storage.js";
import { shareMemory } from "./threads/share-memory.js";
import type { Team, TeamCall } from "./threads/team.js";
import type { LeastWork } from "./threads/threaded-kernels.js";

/** A further WebAssembly module, instantiated in every thread. */
export interface LinkedProgram {
  /**
   * Calls an export once per list of arguments, and returns when all calls have. The first runs on the calling thread and each other one
   * on a thread of its own, or on the calling thread if that has nothing better to do: calls must not wait for one another.
   *
   * @param args - arguments of each call, at most one list per thread, of at most 64 numbers.
   * @throws WasmError `thread` when a thread dies in it; `program` for an export that the module lacks; `option` for too many calls or
   * arguments.
   */
  run(name: string, args: readonly (readonly number[])[]): void;
}

/** Runs further WebAssembly modules over the backend's memory, beside its kernels. */
export interface ProgramHost {
  readonly memory: WebAssembly.Memory;
  /** Whether multiply-adds are fused. */
  readonly relaxed: boolean;
  /** Threads that run a program; 1 without a pool of them, and after one has died. */
  readonly threads: number;
  /** What a thread must get of a call, so that sharing it pays. */
  readonly leastWork: LeastWork;
  /** Room for the kernel `matmulPacked` in each thread: an address for each. Kernels and programs, which never run at once, share it. */
  readonly panels: readonly number[];
  /**
   * Address of a tensor's first element in the memory.
   *
   * @throws WasmError `program` for a tensor on another backend.
   */
  addressOf(x: DenseTensor): number;
  /**
   * The address of a matrix `[k, n]` as the kernel `packRight` writes it, kept with the tensor's storage; undefined at its first use,
   * since most are used once.
   */
  packedRight(x: DenseTensor): number | undefined;
  /**
   * Compiles a module that imports `env.memory` (as a memory that is not shared) and whatever it needs of `kernels` (their exports).
   */
  link(bytes: Uint8Array<ArrayBuffer>): LinkedProgram;
}

/** What programs share with the kernels. */
interface ProgramParts {
  readonly memory: WebAssembly.Memory;
  /** The calling thread's own kernels. */
  readonly kernels: KernelExports;
  readonly relaxed: boolean;
  readonly team: Team;
  readonly leastWork: LeastWork;
  /** Address of `panelBytes` per thread. */
  readonly panels: number;
}

/** A host over the backend's memory and threads. */
export function programHost({ memory, kernels, relaxed, team, leastWork, panels }: ProgramParts): ProgramHost {
  const imports = { env: { memory }, kernels: kernels as unknown as WebAssembly.ModuleImports };
  return {
    memory,
    relaxed,
    leastWork,
    get threads() {
      return team.size;
    },
    panels: Array.from({ length: team.size }, (_, thread) => panels + thread * panelBytes),
    addressOf(x) {
      const address = addressOf(x);
      if (!Number.isNaN(address)) return address;
      throw new WasmError(
        "program",
        `addressOf: needs a tensor on this backend, got one on ${x.storage.backend.name}; move it first`,
      );
    },
    packedRight(x) {
      const [k, n] = x.shape as [number, number];
      const [rowStep, columnStep] = x.strides as [number, number];
      return packedRight(
        kernels,
        x.storage as WasmStorage,
        { address: addressOf(x), rowStep, columnStep },
        { k, n, stays: true },
      );
    },
    link(bytes) {
      const module = isShared(memory) ? shareMemory(bytes) : bytes;
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), imports);
      const program = team.link(module);
      const calls = new Map<string, TeamCall>();
      Object.keys(exports).forEach((name, entry) =>
        calls.set(name, { name, program, entry, own: exports[name] as TeamCall["own"] }),
      );
      team.forgetWith(calls, program);
      return { run: (name, args) => team.run(calls.get(name) ?? missing(name, calls), args) };
    },
  };
}

function isShared({ buffer }: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}

function missing(name: string, calls: ReadonlyMap<string, TeamCall>): never {
  throw new WasmError(
    "program",
    `run: the program must export "${name}", it exports ${[...calls.keys()].join(", ")}; check the name`,
  );
}
