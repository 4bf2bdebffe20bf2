import type { Backend, DType, KernelTable, Storage } from "@unroll/tensor";

import { pairVectors, relaxedSimd, requireSimd } from "./engine.js";
import { WasmError } from "./error.js";
import type { KernelExports } from "./exports.js";
import { plainBinary, relaxedBinary } from "./generated/binaries.js";
import { kernelTable } from "./kernels/table.js";
import { Pool, type MemoryStats } from "./pool.js";
import { programHost, type ProgramHost } from "./programs.js";
import { WasmStorage, type SafetyNet } from "./storage.js";

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
   * Lets V8 pair 128-bit operations into 256-bit ones: the same bits, up to twice the speed on Node 24. Default false:
   * it is an experimental flag of the engine, and it holds for the whole process.
   */
  readonly wideVectors?: boolean;
}

const gibibyte = 2 ** 30;

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
  readonly #exports: KernelExports;
  readonly #net: SafetyNet = new FinalizationRegistry((release) => release());

  /** Use {@link WasmBackend.create}. */
  private constructor(pool: Pool, exports: KernelExports, build: "plain" | "relaxed") {
    this.#pool = pool;
    this.#exports = exports;
    this.build = build;
    this.kernels = kernelTable(exports, pool);
    this.programs = programHost(pool.memory, exports, { relaxed: build === "relaxed" });
  }

  /**
   * Compiles the kernels.
   *
   * @throws WasmError `unsupported` without WebAssembly SIMD, `option`.
   */
  static async create({
    maximumMemory = 2 * gibibyte,
    deterministic = false,
    wideVectors = false,
  }: WasmOptions = {}): Promise<WasmBackend> {
    if (!(maximumMemory >= 2 ** 24 && maximumMemory <= 4 * gibibyte)) {
      throw new WasmError("option", `useWasm: maximumMemory must be 16 MiB to 4 GiB in bytes, got ${maximumMemory}`);
    }
    requireSimd();
    if (wideVectors) pairVectors();
    const build = !deterministic && relaxedSimd() ? "relaxed" : "plain";
    const pool = new Pool({ maximumBytes: maximumMemory });
    const bytes = Uint8Array.from(atob(build === "relaxed" ? relaxedBinary : plainBinary), (c) => c.charCodeAt(0));
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory: pool.memory } });
    return new WasmBackend(pool, instance.exports as unknown as KernelExports, build);
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
      this.#exports.multiplyAdds(turns, 0.001);
      best = Math.max(best, (turns * 48 * 1000) / (performance.now() - start));
    }
    return best;
  }
}
