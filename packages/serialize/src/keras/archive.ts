import { fail } from "../error.js";
import { unzipStored } from "../unzip.js";
import { isObject, LayerConfig } from "./layer-config.js";

/** What a `.keras` file holds. */
export interface KerasArchive {
  /** The model and how it is made up. */
  readonly model: LayerConfig;
  /** Of Keras, as `3.15.1`. */
  readonly version: string;
  /** The HDF5 file of weights. */
  readonly weights: Uint8Array;
}

/**
 * Opens a `.keras` file of Keras 3: a zip archive of config.json, metadata.json and model.weights.h5.
 *
 * @throws SerializeError `format`; `version` for a file of Keras 2
 */
export function openArchive(bytes: Uint8Array): KerasArchive {
  const files = unzipStored(bytes, "Keras");
  const metadata = parseJson(wanted(files, "metadata.json"), "metadata.json");
  const version = isObject(metadata) ? String(metadata["keras_version"]) : "";
  const major = Number.parseInt(version, 10);
  if (!(major >= 3)) {
    return fail(
      "version",
      `read Keras: the file must be of Keras 3, got ${JSON.stringify(version)}; load it in Keras 3 and save it again`,
    );
  }
  const model = new LayerConfig(parseJson(wanted(files, "config.json"), "config.json"), "keras-3");
  return { model, version, weights: wanted(files, "model.weights.h5") };
}

/** @throws SerializeError `format` unless the bytes are JSON in UTF-8 */
export function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    return fail("format", `read Keras: ${name} must be JSON: ${(cause as Error).message}; save the model again`, { cause });
  }
}

function wanted(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const found = files.get(name);
  if (found !== undefined) return found;
  const names = [...files.keys()].slice(0, 5).join(", ");
  return fail(
    "format",
    `read Keras: the archive must hold ${name}, got ${names || "no files"}; save the model with model.save("….keras")`,
  );
}
