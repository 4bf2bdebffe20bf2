import type { Block, Pool, Spare } from "./pool.js";

/** Which elements a packed copy is made of, and in which order. */
export interface PackedLayout {
  /** From the first element of the storage, in bytes. */
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** How a packed copy is made. */
export interface Packing {
  /** What it takes. */
  readonly bytes: number;
  /** Whether it stays as long as its storage; else it goes where others need its room. */
  readonly stays: boolean;
  /** Writes it. */
  readonly write: (pointer: number) => void;
}

// A layout that has been asked for, and the copy, made when it is asked for again.
interface PackedCopy {
  readonly layout: PackedLayout;
  readonly bytes: number;
  block: Block | undefined;
  stays: boolean;
}

// A weight is packed for its product and for its derivative, and a column takes eight times its size: beyond this, the matrices are parts
// of something that is read once each, such as windows of a series.
const mostTimes = 8;
const alwaysBytes = 2 ** 16;

/** The packed copies of one storage. */
export class PackedCopies implements Spare {
  readonly #pool: Pool;
  readonly #most: number;
  // By offset, so that the many matrices of a batch are found at once; the oldest first.
  readonly #copies = new Map<number, PackedCopy[]>();
  #bytes = 0;

  /** @param bytes - of the storage. */
  constructor(pool: Pool, bytes: number) {
    this.#pool = pool;
    this.#most = mostTimes * bytes + alwaysBytes;
  }

  /** The address of a copy; undefined at the first use of a layout, since most operands are used once. */
  find(layout: PackedLayout, { bytes, stays, write }: Packing): number | undefined {
    const known = this.#copies.get(layout.offset)?.find((copy) => sameLayout(copy.layout, layout));
    if (known === undefined) {
      this.#forget(Math.max(0, this.#most - bytes));
      this.#add({ layout, bytes, block: undefined, stays });
      return undefined;
    }
    known.stays ||= stays;
    if (known.block !== undefined) return known.block.pointer;
    const block = this.#pool.allocate(bytes);
    try {
      write(block.pointer);
    } catch (error) {
      this.#pool.release(block);
      throw error;
    }
    known.block = block;
    // A pool that has run out makes room by forgetting copies, perhaps this one.
    if (this.#copies.get(layout.offset)?.includes(known) !== true) this.#add(known);
    this.#pool.spare.add(this);
    return block.pointer;
  }

  /** Gives all of them back; the storage is freed. */
  release(): void {
    this.#pool.spare.delete(this);
    for (const copies of this.#copies.values()) {
      for (const { block } of copies) if (block !== undefined) this.#pool.release(block);
    }
  }

  giveUp(): void {
    this.#forget(0);
  }

  // Until at most so many bytes are left, from the oldest on.
  #forget(most: number): void {
    for (const copies of this.#copies.values()) {
      for (const copy of copies) {
        if (this.#bytes <= most) return;
        if (!copy.stays) this.#remove(copy);
      }
    }
  }

  #add(copy: PackedCopy): void {
    const { offset } = copy.layout;
    const others = this.#copies.get(offset);
    if (others === undefined) this.#copies.set(offset, [copy]);
    else others.push(copy);
    this.#bytes += copy.bytes;
  }

  #remove(copy: PackedCopy): void {
    const { offset } = copy.layout;
    const others = this.#copies.get(offset)?.filter((other) => other !== copy) ?? [];
    if (others.length === 0) this.#copies.delete(offset);
    else this.#copies.set(offset, others);
    this.#bytes -= copy.bytes;
    if (copy.block !== undefined) this.#pool.release(copy.block);
  }
}

function sameLayout(a: PackedLayout, b: PackedLayout): boolean {
  return (
    a.offset === b.offset &&
    a.rows === b.rows &&
    a.columns === b.columns &&
    a.rowStep === b.rowStep &&
    a.columnStep === b.columnStep
  );
}
