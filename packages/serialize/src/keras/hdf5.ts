import { fromTypedArray, type Tensor } from "@unroll/tensor";
import type * as h5wasm from "h5wasm";

import { fail, SerializeError } from "../error.js";

type Library = typeof h5wasm;

/** What an HDF5 file holds. */
export interface Hdf5Content {
  /** Its float32 and float64 datasets by path, as `layers/lstm/cell/vars/0`. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The text attributes of the file itself. */
  readonly attributes: Readonly<Record<string, string>>;
}

const elementTypes: ReadonlyMap<unknown, number> = /* @__PURE__ */ new Map([
  ["<f", 4],
  ["<d", 8],
]);
const maxObjects = 100_000;
const maxDepth = 64;

let opened = 0;

/**
 * Reads an HDF5 file with h5wasm, which is loaded when this is first called.
 *
 * @param skip - Whether to leave out what lies below a path.
 * @throws SerializeError `file` when h5wasm is not installed; `format`, `limit`
 */
export async function readHdf5(
  bytes: Uint8Array,
  { skip = () => false }: { readonly skip?: (path: string) => boolean } = {},
): Promise<Hdf5Content> {
  const library = await loadLibrary();
  const runtime = await library.ready;
  // A file system of the library's own, in memory.
  const name = `unroll-${opened++}.h5`;
  runtime.FS.writeFile(name, bytes);
  let file: h5wasm.File | undefined;
  try {
    runtime.activate_throwing_error_handler();
    file = new library.File(name, "r");
    return { attributes: textAttributes(file), tensors: new Reader(library, { size: bytes.byteLength, skip }).read(file) };
  } catch (cause) {
    if (cause instanceof SerializeError) throw cause;
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    return fail("format", `read Keras: the weights must be a whole HDF5 file: ${reason}; copy or save it again`, { cause });
  } finally {
    closeQuietly(file);
    runtime.FS.unlink(name);
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

// A broken file may break its closing, too; what was wrong has been said by then.
function closeQuietly(file: h5wasm.File | undefined): void {
  try {
    file?.close();
  } catch {
    return;
  }
}

function textAttributes(file: h5wasm.File): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, { value }] of Object.entries(file.attrs)) if (typeof value === "string") texts[name] = value;
  return texts;
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
