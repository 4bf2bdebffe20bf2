import { WasmError } from "../error.js";

/** Reads the parts of a WebAssembly module in order. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  get done(): boolean {
    return this.#position >= this.#bytes.length;
  }

  /** @throws WasmError `program` at the end of the bytes. */
  byte(): number {
    const value = this.#bytes[this.#position++];
    if (value === undefined) {
      throw new WasmError(
        "program",
        "link: the bytes must be a WebAssembly module, but they end early; check that all were given",
      );
    }
    return value;
  }

  /** An unsigned number of up to 32 bits in LEB128. */
  number(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const next = this.byte();
      value += (next & 127) * unit;
      unit *= 128;
      if (next < 128) return value;
    }
  }

  skip(count: number): void {
    this.#position += count;
  }

  /** The bytes from `start` to here. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#position);
  }
}
