import { fail } from "../error.js";
import { widenFloat16 } from "../safetensors/half-floats.js";

/** What a manifest says about one weight. */
export interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How its elements were made smaller, if they were. */
  readonly quantization: Readonly<Record<string, unknown>> | undefined;
}

interface Storage {
  readonly bytes: number;
  read(buffer: ArrayBuffer): ArrayLike<number>;
}

const storages: Readonly<Record<string, Storage>> = {
  float32: { bytes: 4, read: (buffer) => new Float32Array(buffer) },
  int32: { bytes: 4, read: (buffer) => new Int32Array(buffer) },
  bool: { bytes: 1, read: (buffer) => new Uint8Array(buffer) },
  float16: { bytes: 2, read: (buffer) => widenFloat16(new Uint16Array(buffer)) },
  uint8: { bytes: 1, read: (buffer) => new Uint8Array(buffer) },
  uint16: { bytes: 2, read: (buffer) => new Uint16Array(buffer) },
};

const plain: readonly string[] = ["float32", "int32", "bool"];
const quantized: readonly string[] = ["float16", "uint8", "uint16"];

/** @throws SerializeError `dtype` for elements that no weight of a layer has */
function storageOf({ name, dtype, quantization }: WeightEntry): Storage {
  const stored = quantization === undefined ? dtype : quantization["dtype"];
  const known = quantization === undefined ? plain : quantized;
  if (typeof stored === "string" && known.includes(stored) && plain.includes(dtype)) return storages[stored] as Storage;
  return fail(
    "dtype",
    `read TensorFlow.js: ${JSON.stringify(name)} must be float32, or quantised from it to ${quantized.join(", ")}, got ${JSON.stringify(stored)}; save the model again`,
  );
}

/** How many bytes a weight takes in its file. */
export function storedBytes(entry: WeightEntry): number {
  return entry.shape.reduce((product, length) => product * length, storageOf(entry).bytes);
}

/**
 * The elements of a weight, from its own bytes; undefined for one that is not of floats. Quantised ones are `min + scale * stored`.
 *
 * @param bytes - A copy that starts its buffer.
 */
export function elementsOf(entry: WeightEntry, bytes: Uint8Array): Float32Array | undefined {
  const stored = storageOf(entry).read(bytes.buffer as ArrayBuffer);
  const { quantization, dtype, name } = entry;
  if (dtype !== "float32") return undefined;
  if (stored instanceof Float32Array) return stored;
  const { scale, min } = quantization ?? {};
  if (typeof scale !== "number" || typeof min !== "number")
    return fail(
      "format",
      `read TensorFlow.js: the quantisation of ${JSON.stringify(name)} must have a scale and a min; convert the model again`,
    );
  return Float32Array.from(stored, (value) => min + scale * value);
}
