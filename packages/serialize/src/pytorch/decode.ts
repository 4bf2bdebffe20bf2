import { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { toBytes } from "../to-bytes.js";
import { unzipStored } from "../unzip.js";
import { PickledName, PickledReference, type PickledCall, type PickledValue } from "./pickle-values.js";
import { storageNames, tensorReader } from "./read-tensor.js";
import { unpickle } from "./unpickle.js";

/** What a file of `torch.save` holds: dictionaries become records without prototype, lists and tuples arrays, `None` null. */
export type PytorchValue =
  null | boolean | number | string | Tensor | readonly PytorchValue[] | { readonly [name: string]: PytorchValue };

const maxDepth = 100;
const rebuildTensor = "torch._utils._rebuild_tensor_v2";
const rebuildParameter = "torch._utils._rebuild_parameter";
const allowed: ReadonlySet<string> = new Set([
  "collections.OrderedDict",
  "torch.Size",
  rebuildTensor,
  rebuildParameter,
  ...storageNames,
]);

/**
 * Reads a `.pt` or `.pth` file that `torch.save` (PyTorch 1.6 or later) made of plain data and tensors: a state_dict, or a training's
 * dictionary of several. Nothing in the file is ever executed; a file that would need it, such as a whole pickled
 * module, is refused.
 *
 * @throws SerializeError `format`, `dtype`, `limit`, `value`
 */
export function decodePytorch(file: Uint8Array | ArrayBuffer): PytorchValue {
  const bytes = toBytes("read PyTorch", file);
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    fail(
      "format",
      "read PyTorch: the file must be a zip archive, as torch.save writes since 1.6; load it in PyTorch and save it again",
    );
  }
  const files = unzipStored(bytes, "PyTorch");
  const pickle = [...files.keys()].find((name) => name === "data.pkl" || name.endsWith("/data.pkl"));
  if (pickle === undefined)
    return fail("format", "read PyTorch: the archive must hold data.pkl; is it a TorchScript or another zip file?");
  const folder = pickle.slice(0, -"data.pkl".length);
  const order = files.get(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(order).trim() !== "little") {
    fail("format", "read PyTorch: the elements must be little-endian; save the file on another machine");
  }
  const tensor = tensorReader((key) => files.get(`${folder}data/${key}`), bytes.byteLength);
  return plainValue(unpickle(files.get(pickle) as Uint8Array, { allows: (path) => allowed.has(path) }), tensor);
}

/** Which part of a file {@link decodeStateDict} takes. */
export interface StateDictOptions {
  /** The name of the state_dict in a dictionary of several, such as `"model"`; the whole file when left out. */
  readonly key?: string;
}

/**
 * The tensors of a state_dict in a `.pt` file, ready for `loadStateDict`.
 *
 * @throws SerializeError `name` when the file holds no state_dict there, with the places where it does
 */
export function decodeStateDict(file: Uint8Array | ArrayBuffer, { key }: StateDictOptions = {}): Record<string, Tensor> {
  const whole = decodePytorch(file);
  const found = key === undefined ? whole : isRecord(whole) ? whole[key] : undefined;
  if (isStateDict(found)) return found;
  const places = isRecord(whole) ? Object.keys(whole).filter((name) => isStateDict(whole[name])) : [];
  const remedy =
    places.length > 0 ? `; give key: ${places.map((place) => JSON.stringify(place)).join(" or ")}` : "; save model.state_dict()";
  return fail(
    "name",
    `read PyTorch: ${key === undefined ? "the file" : JSON.stringify(key)} must be a dictionary of tensors${remedy}`,
  );
}

// What several places share is converted once, or a small pickle could grow without bound.
function plainValue(root: PickledValue, readTensor: (args: readonly PickledValue[]) => Tensor): PytorchValue {
  const done = new Map<PickledValue, PytorchValue>();
  const convert = (value: PickledValue, depth: number): PytorchValue => {
    if (typeof value !== "object" || value === null) return value;
    const known = done.get(value);
    if (known !== undefined) return known;
    if (depth > maxDepth) fail("format", `read PyTorch: values may nest ${maxDepth} deep, got more`);
    const result = convertObject(value, depth + 1);
    done.set(value, result);
    return result;
  };
  const convertObject = (value: PickledValue & object, depth: number): PytorchValue => {
    if (Array.isArray(value)) return value.map((item) => convert(item, depth));
    if (value instanceof Map) {
      const record = Object.create(null) as Record<string, PytorchValue>;
      for (const [key, item] of value) {
        if (typeof key !== "string" && typeof key !== "number")
          fail("format", "read PyTorch: keys of dictionaries must be strings or numbers");
        record[key] = convert(item, depth);
      }
      return record;
    }
    if (value instanceof PickledName || value instanceof PickledReference)
      return fail("format", "read PyTorch: only plain data and tensors are read");
    return convertCall(value, depth);
  };
  const convertCall = ({ path, args }: PickledCall, depth: number): PytorchValue => {
    if (path === rebuildTensor) return readTensor(args);
    if (path === rebuildParameter || path === "torch.Size") return convert(args[0] ?? null, depth);
    if (path === "collections.OrderedDict") return convert(orderedPairs(args[0]), depth);
    return fail("format", `read PyTorch: ${path} must not be called`);
  };
  return convert(root, 0);
}

function orderedPairs(pairs: PickledValue | undefined): Map<PickledValue, PickledValue> {
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    return fail("format", "read PyTorch: an OrderedDict must be made of pairs");
  }
  return new Map(pairs as [PickledValue, PickledValue][]);
}

function isRecord(value: PytorchValue | undefined): value is { readonly [name: string]: PytorchValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Tensor.isTensor(value);
}

function isStateDict(value: PytorchValue | undefined): value is Record<string, Tensor> {
  return isRecord(value) && Object.values(value).length > 0 && Object.values(value).every((tensor) => Tensor.isTensor(tensor));
}
