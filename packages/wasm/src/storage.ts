import { bytesPerElement, fail, type Backend, type DType, type Storage, type TypedArray } from "@unroll/tensor";

import { PackedCopies } from "./packed-copies.js";
import type { Block, Pool } from "./pool.js";

// What the garbage collector weighs in place of blocks, since it sees nothing of the WebAssembly memory: buffers of their size. One that
// can be resized has pages of its own, which take no memory until they are touched. Small blocks count as what they are, objects.
const weights = new WeakMap<WasmStorage, ArrayBuffer>();
const leastWeight = 2 ** 16;

// Everything a storage holds in the pool; shared with the safety net, which must not hold the storage itself.
interface Holding {
  block: Block | undefined;
  packed: PackedCopies | undefined;
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
    if (!this.#watched) return;
    this.#net.unregister(this);
    weights.delete(this);
  }

  leaveScopes(): void {
    const pool = this.#pool;
    const holding = this.#holding;
    this.#watched = true;
    this.#net.register(this, () => release(pool, holding), this);
    const bytes = this.length * bytesPerElement[this.dtype];
    if (bytes >= leastWeight) weigh(this, bytes);
  }

  /** The packed copies of its matrices. */
  get packed(): PackedCopies {
    return (this.#holding.packed ??= new PackedCopies(this.#pool, this.length * bytesPerElement[this.dtype]));
  }
}

function weigh(storage: WasmStorage, bytes: number): void {
  const options: object = { maxByteLength: bytes };
  try {
    weights.set(storage, new (ArrayBuffer as new (length: number, options: object) => ArrayBuffer)(bytes, options));
  } catch {
    // Without a weight it goes when the collector comes by for other reasons.
  }
}

function release(pool: Pool, holding: Holding): void {
  if (holding.block === undefined) return;
  pool.release(holding.block);
  holding.block = undefined;
  holding.packed?.release();
  holding.packed = undefined;
}
