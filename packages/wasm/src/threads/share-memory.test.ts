import { describe, expect, it } from "vitest";

import { bytesOfHex } from "../bytes-of-hex.js";
import { plainBinary } from "../generated/binaries.js";
import { shareMemory } from "./share-memory.js";

const name = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)];
const imported = (kind: number, ...description: number[]): number[] => [
  ...name("env"),
  ...name(`import${kind}`),
  kind,
  ...description,
];

// A module of one type and these imports.
function moduleOf(...imports: number[][]): Uint8Array<ArrayBuffer> {
  const body = [imports.length, ...imports.flat()];
  const type = [1, 4, 1, 0x60, 0, 0];
  return Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, ...type, 2, body.length, ...body]);
}

const table = imported(1, 0x70, 0, 1);
const limitedTable = imported(1, 0x70, 1, 1, 200, 1);
const everything = [imported(0, 0), table, limitedTable, imported(3, 0x7f, 0), imported(2, 1, 1, 2), imported(4, 0, 0)];

const sharedMemory = (initial: number): WebAssembly.Memory => new WebAssembly.Memory({ initial, maximum: 300, shared: true });

describe("shareMemory", () => {
  it("lets the kernels run over shared memory", () => {
    const bytes = bytesOfHex(plainBinary);
    const memory = sharedMemory(1);
    expect(() => new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })).toThrow(WebAssembly.LinkError);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(shareMemory(bytes)), { env: { memory } });
    const x = new Float32Array(memory.buffer, 4096, 3);
    x.set([1, 4, 9]);
    (exports.sqrt as (x: number, y: number, count: number) => void)(4096, 4096, 3);
    expect(Array.from(x)).toEqual([1, 2, 3]);
  });

  it("keeps the least size of the memory, and all other imports", () => {
    const before = new WebAssembly.Module(moduleOf(...everything));
    const after = new WebAssembly.Module(shareMemory(moduleOf(...everything)));
    expect(WebAssembly.Module.imports(after)).toEqual(WebAssembly.Module.imports(before));
    const wide = new WebAssembly.Module(shareMemory(moduleOf(imported(2, 0, 200, 1))));
    expect(() => new WebAssembly.Instance(wide, { env: { import2: sharedMemory(199) } })).toThrow(WebAssembly.LinkError);
    expect(new WebAssembly.Instance(wide, { env: { import2: sharedMemory(200) } }).exports).toBeDefined();
  });

  it("leaves a module without imports as it is", () => {
    const bytes = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0]);
    expect(shareMemory(bytes)).toEqual(bytes);
  });

  it("says what is wrong with bytes that are no module", () => {
    const bytes = moduleOf(...everything);
    expect(() => shareMemory(bytes.subarray(0, 40))).toThrow(/must be a WebAssembly module, but they end early/);
    expect(() => shareMemory(moduleOf(imported(9)))).toThrow(/its import 0 is of kind 9/);
    const short = moduleOf(imported(0, 0));
    short[15] = 3;
    expect(() => shareMemory(short)).toThrow(/import section does not end where it says/);
  });
});
