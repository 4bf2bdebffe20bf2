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

/** Whoever holds blocks whose contents can be made again. */
export interface Spare {
  /** Gives them back. */
  giveUp(): void;
}

/** A piece of memory. */
export interface Block {
  /** Address, a multiple of 64. */
  readonly pointer: number;
  /** Bytes, rounded up to a size class. */
  readonly bytes: number;
}

/**
 * Gives out memory in size classes, four to each power of two, and takes it back for reuse. Where none of a class lies free, and before
 * the memory grows by more than what is in use, blocks that lie side by side are joined and cut anew.
 */
export class Pool {
  readonly memory: WebAssembly.Memory;
  /** Asked when the memory is full. */
  readonly spare: Set<Spare> = new Set();
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
    const pointer = this.#take(size) ?? this.#extend(size) ?? this.#makeRoom(size);
    if (pointer === undefined) throw new WasmError("memory", this.#exhausted(bytes));
    this.#blocks++;
    this.#inUse += size;
    this.#peak = Math.max(this.#peak, this.#inUse);
    return { pointer, bytes: size };
  }

  release({ pointer, bytes }: Block): void {
    this.#lay(pointer, bytes);
    this.#blocks--;
    this.#inUse -= bytes;
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

  #lay(pointer: number, bytes: number): void {
    const list = this.#free.get(bytes);
    if (list === undefined) this.#free.set(bytes, [pointer]);
    else list.push(pointer);
    this.#pooled += bytes;
  }

  // A free block of just this size.
  #take(size: number): number | undefined {
    const pointer = this.#free.get(size)?.pop();
    if (pointer !== undefined) this.#pooled -= size;
    return pointer;
  }

  // From the end of what has ever been given out, where the memory reaches as far.
  #extend(size: number): number | undefined {
    const pointer = this.#end;
    if (pointer + size > this.memory.buffer.byteLength) return undefined;
    this.#end += size;
    return pointer;
  }

  #makeRoom(size: number): number | undefined {
    const pointer = (this.#pooled > this.#inUse ? undefined : this.#grow(size)) ?? this.#reuse(size);
    if (pointer !== undefined) return pointer;
    for (const holder of this.spare) holder.giveUp();
    return this.#reuse(size);
  }

  #grow(size: number): number | undefined {
    return this.#extend(size) ?? (this.#growTo(this.#end + size) ? this.#extend(size) : undefined);
  }

  #reuse(size: number): number | undefined {
    const pointer = this.#cut(size);
    if (pointer !== undefined) return pointer;
    this.#join();
    return this.#cut(size) ?? this.#grow(size);
  }

  // The beginning of the least free block that is large enough.
  #cut(size: number): number | undefined {
    let least = Infinity;
    for (const [bytes, list] of this.#free) if (bytes >= size && bytes < least && list.length > 0) least = bytes;
    const pointer = this.#take(least);
    if (pointer !== undefined && least > size) this.#lay(pointer + size, least - size);
    return pointer;
  }

  // Joins free blocks that lie side by side; what lies at the end is as if it had never been given out.
  #join(): void {
    const blocks = [...this.#free].flatMap(([bytes, list]) => list.map((pointer): Block => ({ pointer, bytes })));
    blocks.sort((a, b) => a.pointer - b.pointer);
    this.#free.clear();
    this.#pooled = 0;
    let [start, end] = [0, 0];
    for (const { pointer, bytes } of blocks) {
      if (pointer !== end) {
        if (end > start) this.#lay(start, end - start);
        start = pointer;
      }
      end = pointer + bytes;
    }
    if (end === this.#end) this.#end = start;
    else if (end > start) this.#lay(start, end - start);
  }

  // Grows by a quarter at least, so that growing stays rare.
  #growTo(end: number): boolean {
    const have = this.memory.buffer.byteLength;
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
    return (
      `wasm: no room for ${formatBytes(bytes)}: ${this.#blocks.toLocaleString("en-US")} blocks hold ${formatBytes(this.#inUse)} of at most ` +
      `${formatBytes(this.#maximumBytes)}, ${formatBytes(this.#pooled)} lie free in pieces; free tensors with scope() or dispose() (without, ` +
      `they go at garbage collection, when the program is idle), use smaller batches, or raise useWasm({ maximumMemory })`
    );
  }
}

function formatBytes(count: number): string {
  return count < 2 ** 16 ? `${count.toLocaleString("en-US")} bytes` : `${(count / 2 ** 20).toFixed(1)} MiB`;
}

/** The size, in bytes, of the smallest class that holds `bytes`: 64, 128, 192, 256, 320, … 512, 640, … */
export function sizeClass(bytes: number): number {
  if (bytes <= smallest) return smallest;
  const power = 0x80000000 >>> Math.clz32(bytes - 1);
  const step = Math.max(smallest, power / 4);
  return Math.ceil(bytes / step) * step;
}
