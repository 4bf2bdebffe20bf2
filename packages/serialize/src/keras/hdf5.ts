import { fromTypedArray, type Tensor } from "@unroll/tensor";
import type * as h5wasm from "h5wasm";

import { fail, SerializeError } from "../error.js";

type Library = typeof h5wasm;

/** What is used here of the library's file system. */
interface FileSystem {
  writeFile(name: string, bytes: Uint8Array): void;
  unlink(name: string): void;
  getStream(descriptor: number): { stream_ops: StreamOperations };
}

interface StreamOperations {
  readonly write: (stream: unknown, buffer: Int8Array | Uint8Array, offset: number, length: number) => number;
}

const elementTypes: ReadonlyMap<unknown, number> = /* @__PURE__ */ new Map([
  ["<f", 4],
  ["<d", 8],
]);
const maxObjects = 100_000;
const maxDepth = 64;

let opened = 0;

/**
 * The float32 and float64 datasets of an HDF5 file by path, as `layers/lstm/cell/vars/0`. Uses h5wasm, which is loaded when this
 * is first called. Attributes are left alone: some of those of a hostile file make the library run forever.
 *
 * @param skip - Whether to leave out what lies below a path.
 * @throws SerializeError `file` when h5wasm is not installed; `format`, `limit`
 */
export async function readHdf5(
  bytes: Uint8Array,
  { skip = () => false }: { readonly skip?: (path: string) => boolean } = {},
): Promise<ReadonlyMap<string, Tensor>> {
  const library = await loadLibrary();
  const files = (await library.ready).FS as unknown as FileSystem;
  const messages = captureMessages(files);
  // In the library's own file system, in memory.
  const name = `unroll-${opened++}.h5`;
  let file: h5wasm.File | undefined;
  try {
    files.writeFile(name, bytes);
    file = new library.File(name, "r");
    return new Reader(library, { size: bytes.byteLength, skip }).read(file);
  } catch (cause) {
    if (cause instanceof SerializeError) throw cause;
    const reason = messages.first() ?? (cause as Error).message;
    return fail("format", `read Keras: the weights must be a whole HDF5 file: ${reason}; copy or save it again`, { cause });
  } finally {
    closeQuietly(file);
    files.unlink(name);
    messages.release();
  }
}

async function loadLibrary(): Promise<Library> {
  try {
    return await import("h5wasm");
  } catch (cause) {
    return fail("file", "read Keras: HDF5 files need the package h5wasm, which is not installed; run npm install h5wasm", {
      cause,
    });
  }
}

// The library prints why it failed, one stack of reasons per failure, innermost last; that belongs into the error, not on the screen.
function captureMessages(files: FileSystem): { first(): string | undefined; release(): void } {
  const errors = files.getStream(2);
  const printing = errors.stream_ops;
  let text = "";
  errors.stream_ops = {
    ...printing,
    write: (_, buffer, offset, length) => {
      text += new TextDecoder().decode(Uint8Array.from(buffer.subarray(offset, offset + length)));
      return length;
    },
  };
  return {
    first: () => [...(text.split("HDF5-DIAG")[1] ?? "").matchAll(/^\s*#\d+: .*\(\): (.+)$/gm)].at(-1)?.[1],
    release: () => {
      errors.stream_ops = printing;
    },
  };
}

// A broken file may break its closing, too; what was wrong has been said by then.
function closeQuietly(file: h5wasm.File | undefined): void {
  try {
    file?.close();
  } catch {
    return;
  }
}

class Reader {
  readonly tensors = new Map<string, Tensor>();
  readonly #library: Library;
  readonly #size: number;
  readonly #skip: (path: string) => boolean;
  #objects = 0;
  #claimed = 0;

  constructor(library: Library, { size, skip }: { readonly size: number; readonly skip: (path: string) => boolean }) {
    this.#library = library;
    this.#size = size;
    this.#skip = skip;
  }

  read(group: h5wasm.Group, path = "", depth = 0): ReadonlyMap<string, Tensor> {
    if (depth > maxDepth) fail("limit", `read Keras: groups of HDF5 may nest ${maxDepth} deep, got more`);
    for (const name of group.keys()) {
      if (++this.#objects > maxObjects) fail("limit", `read Keras: an HDF5 file may hold ${maxObjects} objects, got more`);
      const place = `${path}${name}`;
      if (this.#skip(place)) continue;
      const item = group.get(name);
      if (item instanceof this.#library.Group) this.read(item, `${place}/`, depth + 1);
      else if (item instanceof this.#library.Dataset) this.#dataset(item, place);
    }
    return this.tensors;
  }

  #dataset(dataset: h5wasm.Dataset, place: string): void {
    const width = elementTypes.get(dataset.dtype);
    if (width === undefined || dataset.shape === null) return;
    const shape = Array.from(dataset.shape, Number);
    this.#claimed += shape.reduce((product, length) => product * length, width);
    if (!(this.#claimed <= this.#size) || shape.length > maxDepth) {
      fail(
        "limit",
        `read Keras: ${JSON.stringify(place)} of [${shape.join(", ")}] must fit into the ${this.#size} bytes of its file; is it compressed?`,
      );
    }
    const values = dataset.value;
    if (!(values instanceof Float32Array || values instanceof Float64Array))
      return fail("format", `read Keras: ${JSON.stringify(place)} must hold numbers; save it again`);
    this.tensors.set(place, fromTypedArray(values, shape));
  }
}
