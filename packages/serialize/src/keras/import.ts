import { openArchive } from "./archive.js";
import { buildModel } from "./build-model.js";
import { readHdf5 } from "./hdf5.js";
import type { KerasModel } from "./model.js";
import { readGraph } from "./model-graph.js";
import { numberedWeights } from "./numbered-weights.js";
import { fail } from "../error.js";
import { toBytes } from "../to-bytes.js";

/**
 * Reads a `.keras` file: a Sequential or Functional model of recurrent and plain layers that Keras 3 saved. Needs the package h5wasm.
 *
 * @throws SerializeError `format` for a broken file, or for layers or options that are not supported, each named; `file` without
 * h5wasm; `version`, `limit`
 * @example
 * const model = await importKeras(await readFile("sentiment.keras"));
 * const { dense } = model.run({ input_layer: tokens });
 */
export async function importKeras(file: Uint8Array | ArrayBuffer): Promise<KerasModel> {
  const bytes = toBytes("read Keras", file);
  if (bytes[0] === 0x89 && bytes[1] === 0x48) {
    return fail(
      "format",
      "read Keras: the file must be of the .keras format, got HDF5; load the weights into layers built here with loadKerasWeights, or save the model as .keras",
    );
  }
  const { model, weights } = openArchive(bytes);
  const graph = readGraph(model);
  return buildModel(graph, numberedWeights(await readHdf5(weights, { skip: (path) => path === "optimizer" })));
}
