import { WasmError } from "../error.js";
import { ByteReader } from "./byte-reader.js";

// Numbers of the core specification: the import section (5.5.5), kinds of imports and flags of limits (5.3.8).
const importSection = 2;
const kinds = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;
const hasMaximum = 1;
const sharedWithMaximum = 3;
const mostPages = 65_536;

/**
 * A copy of a module whose imported memory is shared, of up to 4 GiB: the same code then runs over the memory of several threads.
 *
 * @throws WasmError `program` where the bytes are no module.
 */
export function shareMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const reader = new ByteReader(bytes, 8);
  while (!reader.done) {
    const start = reader.position;
    const section = reader.byte();
    const length = reader.number();
    if (section !== importSection) {
      reader.skip(length);
      continue;
    }
    const end = reader.position + length;
    const imports = sharedImports(reader);
    if (reader.position !== end) throw unreadable("its import section does not end where it says");
    return Uint8Array.from([
      ...bytes.subarray(0, start),
      importSection,
      ...encoded(imports.length),
      ...imports,
      ...bytes.subarray(end),
    ]);
  }
  return Uint8Array.from(bytes);
}

// The import section anew, with its memories marked as shared.
function sharedImports(reader: ByteReader): number[] {
  const count = reader.number();
  const section = encoded(count);
  for (let index = 0; index < count; index++) {
    const start = reader.position;
    reader.skip(reader.number());
    reader.skip(reader.number());
    const kind = reader.byte();
    if (kind === kinds.memory) {
      section.push(...reader.since(start));
      section.push(sharedWithMaximum, ...encoded(readLimits(reader)), ...encoded(mostPages));
      continue;
    }
    if (kind === kinds.function) reader.number();
    else if (kind === kinds.global) reader.skip(2);
    else if (kind === kinds.table) {
      reader.skip(1);
      readLimits(reader);
    } else if (kind === kinds.tag) {
      reader.skip(1);
      reader.number();
    } else throw unreadable(`its import ${index} is of kind ${kind}`);
    section.push(...reader.since(start));
  }
  return section;
}

// Gives the least size.
function readLimits(reader: ByteReader): number {
  const flags = reader.byte();
  const least = reader.number();
  if ((flags & hasMaximum) !== 0) reader.number();
  return least;
}

// An unsigned number in LEB128.
function encoded(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [value] : [low + 128, ...encoded((value - low) / 128)];
}

function unreadable(why: string): WasmError {
  return new WasmError("program", `link: the bytes must be a WebAssembly module, but ${why}; check how it was assembled`);
}
