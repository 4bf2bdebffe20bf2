import type { DenseTensor, Storage, Tensor } from "@unroll/tensor";

/**
 * Counts who still needs each block of memory that holds a cotangent, and gives a block back with its last holder. Several
 * cotangents may be views of one block, and a gradient that is returned holds its block for good. Only blocks a derivative
 * just allocated are counted: never those of the user, nor those below variables.
 */
export class CotangentLedger {
  readonly #holders = new Map<Storage, number>();

  /** @param fresh - whether the block, if new here, was made by this walk. */
  hold(x: Tensor, { fresh }: { readonly fresh: boolean }): void {
    if (x.interpreter.level !== 0) return;
    const { storage } = x as DenseTensor;
    this.#holders.set(storage, (this.#holders.get(storage) ?? (fresh ? 0 : Infinity)) + 1);
  }

  /** Leaves a block to the garbage collector, because somebody else has seen it: a hook, a user's derivative, an outer tape. */
  pin(x: Tensor | undefined): void {
    if (x?.interpreter.level === 0) this.#holders.set((x as DenseTensor).storage, Infinity);
  }

  release(x: Tensor | undefined): void {
    if (x === undefined || x.interpreter.level !== 0) return;
    const { storage } = x as DenseTensor;
    const holders = this.#holders.get(storage);
    if (holders === undefined) return;
    if (holders > 1) {
      this.#holders.set(storage, holders - 1);
      return;
    }
    this.#holders.delete(storage);
    storage.dispose();
  }
}
