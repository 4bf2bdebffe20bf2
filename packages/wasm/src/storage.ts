import { bytesPerElement, fail, type Backend, type DType, type Storage, type TypedArray } from "@unroll/tensor";

import type { Block, Pool } from "./pool.js";

// Everything a storage holds in the pool; shared with the safety net, which must not hold the storage itself.
interface Holding {
  block: Block | undefined;
  packed: Map<string, Block> | undefined;
}

/** Blocks of tensors that no scope frees go back when the tensors are garbage-collected. */
export type SafetyNet = FinalizationRegistry<() => void>;

/** Elements in WebAssembly memory. */
export class WasmStorage implements Storage {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly length: number;
  readonly #pool: Pool;
  readonly #net: SafetyNet;
  readonly #holding: Holding;
  #watched = false;
  #seen: Set<string> | undefined;

  constructor(backend: Backend, pool: Pool, net: SafetyNet, dtype: DType, length: number) {
    this.backend = backend;
    this.dtype = dtype;
    this.length = length;
    this.#pool = pool;
    this.#net = net;
    this.#holding = { block: pool.allocate(length * bytesPerElement[dtype]), packed: undefined };
  }

  /** Address of the first element. */
  get pointer(): number {
    return (
      this.#holding.block?.pointer ??
      fail("disposed", "tensor: used after it was freed; return it from its scope(), or keep() it, before the scope ends")
    );
  }

  get data(): TypedArray {
    const { pointer, length } = this;
    const { buffer } = this.#pool.memory;
    if (this.dtype === "float32") return new Float32Array(buffer, pointer, length);
    if (this.dtype === "int32") return new Int32Array(buffer, pointer, length);
    return new Uint8Array(buffer, pointer, length);
  }

  get disposed(): boolean {
    return this.#holding.block === undefined;
  }

  dispose(): void {
    release(this.#pool, this.#holding);
    if (this.#watched) this.#net.unregister(this);
  }

  leaveScopes(): void {
    const pool = this.#pool;
    const holding = this.#holding;
    this.#watched = true;
    this.#net.register(this, () => release(pool, holding), this);
  }

  /**
   * A packed copy that lives as long as this storage. The first use of a layout gives undefined, since most operands are
   * used once.
   *
   * @param layout - names the part and order of the elements.
   */
  packed(layout: string, bytes: number, pack: (pointer: number) => void): number | undefined {
    const known = this.#holding.packed?.get(layout);
    if (known !== undefined) return known.pointer;
    this.#seen ??= new Set();
    if (!this.#seen.has(layout)) {
      this.#seen.add(layout);
      return undefined;
    }
    const block = this.#pool.allocate(bytes);
    try {
      pack(block.pointer);
    } catch (error) {
      this.#pool.release(block);
      throw error;
    }
    this.#holding.packed ??= new Map();
    this.#holding.packed.set(layout, block);
    return block.pointer;
  }
}

function release(pool: Pool, holding: Holding): void {
  if (holding.block === undefined) return;
  pool.release(holding.block);
  holding.block = undefined;
  for (const block of holding.packed?.values() ?? []) pool.release(block);
  holding.packed = undefined;
}
