import type { Backend, DType, KernelTable, Storage } from "@unroll/tensor";

import { bytesOfHex } from "./bytes-of-hex.js";
import { pairVectors, relaxedSimd, requireSimd } from "./engine.js";
import { WasmError } from "./error.js";
import type { KernelExports } from "./exports.js";
import { plainBinary, relaxedBinary } from "./generated/binaries.js";
import { choosePairedTiles } from "./kernels/paired-tiles.js";
import { panelBytes } from "./kernels/panels.js";
import { kernelTable } from "./kernels/table.js";
import { Pool, type MemoryStats } from "./pool.js";
import { programHost, type ProgramHost } from "./programs.js";
import { WasmStorage, type SafetyNet } from "./storage.js";
import { shareMemory } from "./threads/share-memory.js";
import { canShare, startTeam } from "./threads/start-team.js";
import { Team } from "./threads/team.js";
import { measuredLeastWork, threadedKernels, type LeastWork } from "./threads/threaded-kernels.js";

/** How a backend is built. */
export interface WasmOptions {
  /** Bytes its tensors may take together; default 2 GiB, at most 4 GiB. */
  readonly maximumMemory?: number;
  /**
   * Rounds each product and sum on its own, so that results are the same bits on every machine. Default false: fused
   * multiply-add where the engine has it, the same bits on machines of the same kind.
   */
  readonly deterministic?: boolean;
  /**
   * Lets V8 pair 128-bit operations into 256-bit ones: the same bits, half as fast again on Node 24 and x86-64. Default false:
   * it is an experimental flag of the engine, and it holds for the whole process. Before the first module is compiled, or it has no effect.
   */
  readonly wideVectors?: boolean;
  /**
   * Threads that share the large operations, 1 to 64; default 1. The results are the same bits with any number. A page must be
   * cross-origin isolated for it; where memory cannot be shared, one warning says why and all runs on one thread.
   */
  readonly threads?: number;
}

const gibibyte = 2 ** 30;
const mostThreads = 64;

interface BackendParts {
  readonly pool: Pool;
  readonly kernels: KernelExports;
  readonly build: "plain" | "relaxed";
  readonly team: Team;
  readonly leastWork: LeastWork;
  /** Address of `panelBytes` per thread. */
  readonly panels: number;
}

/** A backend whose tensors lie in one WebAssembly memory: float32, int32 and bool; float64 goes to the reference backend. */
export class WasmBackend implements Backend {
  readonly name = "wasm";
  readonly dtypes: readonly DType[] = ["float32", "int32", "bool"];
  readonly kernels: KernelTable;
  /** `"relaxed"` fuses multiply and add; `"plain"` rounds each. */
  readonly build: "plain" | "relaxed";
  /** Runs compiled programs beside the kernels. */
  readonly programs: ProgramHost;
  readonly #pool: Pool;
  readonly #kernels: KernelExports;
  readonly #team: Team;
  readonly #net: SafetyNet = new FinalizationRegistry((release) => release());

  /** Use {@link WasmBackend.create}. */
  private constructor({ pool, kernels, build, team, leastWork, panels }: BackendParts) {
    this.#pool = pool;
    this.#kernels = kernels;
    this.#team = team;
    this.build = build;
    const shared = team.size === 1 ? { ...kernels } : threadedKernels(kernels, team, leastWork);
    this.kernels = kernelTable(shared, pool, { panels });
    this.programs = programHost({ memory: pool.memory, kernels, relaxed: build === "relaxed", team, leastWork, panels });
    team.endWith(this);
  }

  /**
   * Compiles the kernels and starts the threads.
   *
   * @param leastWork - what a thread must get of a call; as measured by default.
   * @throws WasmError `unsupported` without WebAssembly SIMD, and where a page's policy forbids WebAssembly; `option`.
   */
  static async create(options: WasmOptions = {}, leastWork: LeastWork = measuredLeastWork): Promise<WasmBackend> {
    const { maximumMemory = 2 * gibibyte, deterministic = false, wideVectors = false, threads = 1 } = options;
    if (!(maximumMemory >= 2 ** 24 && maximumMemory <= 4 * gibibyte)) {
      throw new WasmError("option", `useWasm: maximumMemory must be 16 MiB to 4 GiB in bytes, got ${maximumMemory}`);
    }
    if (!(Number.isInteger(threads) && threads >= 1 && threads <= mostThreads)) {
      throw new WasmError("option", `useWasm: threads must be a whole number from 1 to ${mostThreads}, got ${threads}`);
    }
    requireSimd();
    if (wideVectors) pairVectors();
    const build = !deterministic && relaxedSimd() ? "relaxed" : "plain";
    const shared = threads > 1 && canShare();
    const pool = new Pool({ maximumBytes: maximumMemory, shared });
    const bytes = bytesOfHex(build === "relaxed" ? relaxedBinary : plainBinary);
    const module = await WebAssembly.compile(shared ? shareMemory(bytes) : bytes).catch(forbidden);
    const instance = await WebAssembly.instantiate(module, { env: { memory: pool.memory } });
    const kernels = instance.exports as unknown as KernelExports;
    if (wideVectors) choosePairedTiles(kernels, pool);
    const panels = pool.allocate(panelBytes * (shared ? threads : 1)).pointer;
    const team = shared ? await startTeam(pool, module, threads) : new Team(pool, []);
    return new WasmBackend({ pool, kernels, build, team, leastWork, panels });
  }

  /** Threads that work: 1 where memory cannot be shared, after {@link WasmBackend.close} and after one has died. */
  get threads(): number {
    return this.#team.size;
  }

  /** Ends its threads and resolves when they have ended; the backend goes on with one. They also end with the process, or with the backend. */
  async close(): Promise<void> {
    await this.#team.close();
  }

  allocate(dtype: DType, length: number): Storage {
    return new WasmStorage(this, this.#pool, this.#net, dtype, length);
  }

  /** What its tensors hold. */
  stats(): MemoryStats {
    return this.#pool.stats();
  }

  /** Starts `peakBytesInUse` anew, to measure what comes next. */
  resetPeak(): void {
    this.#pool.resetPeak();
  }

  /** Multiply-adds per second of this machine on one core, measured over `milliseconds` (default 50): the ceiling of every product. */
  peak({ milliseconds = 50 }: { readonly milliseconds?: number } = {}): number {
    const turns = 20_000;
    let best = 0;
    for (const end = performance.now() + milliseconds; performance.now() < end;) {
      const start = performance.now();
      this.#kernels.multiplyAdds(turns, 0.001);
      best = Math.max(best, (turns * 48 * 1000) / (performance.now() - start));
    }
    return best;
  }
}

function forbidden(cause: Error): never {
  throw new WasmError(
    "unsupported",
    `useWasm: this page's policy forbids to compile WebAssembly (${cause.message}); allow 'wasm-unsafe-eval' in it, or stay on the reference backend`,
  );
}
