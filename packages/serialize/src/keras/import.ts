import { openArchive, parseJson } from "./archive.js";
import { buildModel } from "./build-model.js";
import { readHdf5 } from "./hdf5.js";
import { isObject, LayerConfig } from "./layer-config.js";
import type { KerasModel } from "./model.js";
import { readGraph } from "./model-graph.js";
import { namedWeights } from "./named-weights.js";
import { numberedWeights } from "./numbered-weights.js";
import { fail } from "../error.js";

/** The weights of the optimizer, which nobody needs here. */
const skipOptimizer = (path: string): boolean => path === "optimizer" || path === "optimizer_weights";

/**
 * Reads a Sequential or Functional model of recurrent and plain layers that Keras 3 saved: `model.save("….keras")`, or the
 * older `.h5` with the model in it. Needs the package h5wasm.
 *
 * @throws SerializeError `format` for a broken file, or for layers or options that are not supported, each named; `file` without
 * h5wasm; `version`, `limit`
 * @example
 * const model = await importKeras(await readFile("sentiment.keras"));
 * const { dense } = model.run({ input_layer: tokens });
 */
export async function importKeras(bytes: Uint8Array): Promise<KerasModel> {
  if (bytes[0] === 0x89 && bytes[1] === 0x48) return importWholeHdf5(bytes);
  const { model, weights } = openArchive(bytes);
  const graph = readGraph(model);
  const { tensors } = await readHdf5(weights, { skip: skipOptimizer });
  return buildModel(graph, numberedWeights(tensors));
}

// Keras 2 wrote such files, Keras 3 still does.
async function importWholeHdf5(bytes: Uint8Array): Promise<KerasModel> {
  const { attributes, tensors } = await readHdf5(bytes, { skip: skipOptimizer });
  const { model_config, keras_version = "" } = attributes;
  if (model_config === undefined) {
    return fail(
      "format",
      "read Keras: the file holds weights without a model; build the model here and call loadKerasWeights, or save it as .keras",
    );
  }
  const config = parseJson(new TextEncoder().encode(model_config), "model_config");
  const convention = keras_version.startsWith("3") ? "keras-3" : "keras-2";
  const model = new LayerConfig(isObject(config) ? { name: "model", ...config } : config, convention);
  const below = [...tensors].map(([path, tensor]) => [path.replace(/^model_weights\//, ""), tensor] as const);
  return buildModel(readGraph(model), namedWeights(new Map(below)));
}
