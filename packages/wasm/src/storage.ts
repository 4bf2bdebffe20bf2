import { bytesPerElement, fail, type Backend, type DType, type Storage, type TypedArray } from "@unroll/tensor";

import type { Block, Pool } from "./pool.js";

/** Which elements a packed copy is made of, and in which order. */
export interface PackedLayout {
  /** From the first element of the storage, in bytes. */
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

// A layout that has been asked for, and the copy, made when it is asked for again.
interface PackedCopy {
  readonly layout: PackedLayout;
  block: Block | undefined;
}

// Everything a storage holds in the pool; shared with the safety net, which must not hold the storage itself.
interface Holding {
  block: Block | undefined;
  /** By offset, so that the many matrices of a batch are found at once. */
  packed: Map<number, PackedCopy[]> | undefined;
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
   */
  packed(layout: PackedLayout, bytes: number, pack: (pointer: number) => void): number | undefined {
    const { offset, rows, columns, rowStep, columnStep } = layout;
    this.#holding.packed ??= new Map();
    const copies = this.#holding.packed.get(offset);
    const known = copies?.find(
      (copy) =>
        copy.layout.rows === rows &&
        copy.layout.columns === columns &&
        copy.layout.rowStep === rowStep &&
        copy.layout.columnStep === columnStep,
    );
    if (known === undefined) {
      if (copies === undefined) this.#holding.packed.set(offset, [{ layout, block: undefined }]);
      else copies.push({ layout, block: undefined });
      return undefined;
    }
    if (known.block === undefined) {
      const block = this.#pool.allocate(bytes);
      try {
        pack(block.pointer);
      } catch (error) {
        this.#pool.release(block);
        throw error;
      }
      known.block = block;
    }
    return known.block.pointer;
  }
}

function release(pool: Pool, holding: Holding): void {
  if (holding.block === undefined) return;
  pool.release(holding.block);
  holding.block = undefined;
  for (const copies of holding.packed?.values() ?? []) {
    for (const { block } of copies) if (block !== undefined) pool.release(block);
  }
  holding.packed = undefined;
}
