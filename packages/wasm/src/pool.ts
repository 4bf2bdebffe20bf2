import { WasmError } from "./error.js";

const pageBytes = 65_536;
// Everything below holds the stack and the constants of the kernels.
const heapStart = 4096;
const smallest = 64;

/** What a backend holds, in bytes. */
export interface MemoryStats {
  /** Blocks in use, and their bytes. */
  readonly blocks: number;
  readonly bytesInUse: number;
  /** The most that was in use at once, since the backend was made or `resetPeak()`. */
  readonly peakBytesInUse: number;
  /** Bytes given back and kept for reuse. */
  readonly bytesPooled: number;
  /** Size of the WebAssembly memory, and what it may grow to. */
  readonly bytesReserved: number;
  readonly maximumBytes: number;
}

/** A piece of memory. */
export interface Block {
  /** Address, a multiple of 64. */
  readonly pointer: number;
  /** Bytes, rounded up to a size class. */
  readonly bytes: number;
}

/** Gives out memory in size classes, four to each power of two, and takes it back for reuse. */
export class Pool {
  readonly memory: WebAssembly.Memory;
  readonly #maximumBytes: number;
  readonly #free = new Map<number, number[]>();
  #end = heapStart;
  #blocks = 0;
  #inUse = 0;
  #peak = 0;
  #pooled = 0;

  constructor({ maximumBytes, shared }: { readonly maximumBytes: number; readonly shared: boolean }) {
    this.#maximumBytes = maximumBytes;
    this.memory = new WebAssembly.Memory({ initial: 256, maximum: Math.max(256, Math.ceil(maximumBytes / pageBytes)), shared });
  }

  /** @throws WasmError `memory` when the maximum is reached; nothing is lost then. */
  allocate(bytes: number): Block {
    const size = sizeClass(bytes);
    const block = this.#reuse(size) ?? this.#extend(size) ?? this.#reuseLarger(size);
    if (block === undefined) throw new WasmError("memory", this.#exhausted(size));
    this.#blocks++;
    this.#inUse += block.bytes;
    this.#peak = Math.max(this.#peak, this.#inUse);
    return block;
  }

  release({ pointer, bytes }: Block): void {
    const list = this.#free.get(bytes);
    if (list === undefined) this.#free.set(bytes, [pointer]);
    else list.push(pointer);
    this.#blocks--;
    this.#inUse -= bytes;
    this.#pooled += bytes;
  }

  /** Starts the peak anew from what is in use now. */
  resetPeak(): void {
    this.#peak = this.#inUse;
  }

  stats(): MemoryStats {
    return {
      blocks: this.#blocks,
      bytesInUse: this.#inUse,
      peakBytesInUse: this.#peak,
      bytesPooled: this.#pooled,
      bytesReserved: this.memory.buffer.byteLength,
      maximumBytes: this.#maximumBytes,
    };
  }

  #reuse(size: number): Block | undefined {
    const pointer = this.#free.get(size)?.pop();
    if (pointer === undefined) return undefined;
    this.#pooled -= size;
    return { pointer, bytes: size };
  }

  #extend(size: number): Block | undefined {
    const pointer = this.#end;
    if (!this.#growTo(pointer + size)) return undefined;
    this.#end += size;
    return { pointer, bytes: size };
  }

  // The memory is full: the least free block that is large enough serves, and keeps its size.
  #reuseLarger(size: number): Block | undefined {
    let least = Infinity;
    for (const [bytes, list] of this.#free) if (bytes > size && bytes < least && list.length > 0) least = bytes;
    return this.#reuse(least);
  }

  // Grows by a quarter at least, so that growing stays rare.
  #growTo(end: number): boolean {
    const have = this.memory.buffer.byteLength;
    if (end <= have) return true;
    if (end > this.#maximumBytes) return false;
    const wanted = Math.min(Math.max(end, have * 1.25), this.#maximumBytes);
    for (const bytes of [wanted, end]) {
      try {
        this.memory.grow(Math.ceil((bytes - have) / pageBytes));
        return true;
      } catch {
        // The engine refused this much; try the least that is needed, then report.
      }
    }
    return false;
  }

  #exhausted(bytes: number): string {
    const mebibytes = (count: number): string => `${(count / 2 ** 20).toFixed(1)} MiB`;
    return (
      `wasm: no room for ${mebibytes(bytes)}: ${this.#blocks.toLocaleString("en-US")} blocks hold ${mebibytes(this.#inUse)} of at most ` +
      `${mebibytes(this.#maximumBytes)}, ${mebibytes(this.#pooled)} lie free in smaller blocks; free tensors with scope() or dispose(), ` +
      `use smaller batches, or raise useWasm({ maximumMemory })`
    );
  }
}

/** The size, in bytes, of the smallest class that holds `bytes`: 64, 80, 96, 112, 128, 160, … */
export function sizeClass(bytes: number): number {
  if (bytes <= smallest) return smallest;
  const power = 0x80000000 >>> Math.clz32(bytes - 1);
  const step = Math.max(smallest, power / 4);
  return Math.ceil(bytes / step) * step;
}
