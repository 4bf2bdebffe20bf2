import { parseJson } from "../keras/archive.js";
import { buildModel } from "../keras/build-model.js";
import { isObject, LayerConfig } from "../keras/layer-config.js";
import type { KerasModel } from "../keras/model.js";
import { readGraph } from "../keras/model-graph.js";
import { namedWeights } from "../keras/named-weights.js";
import { fail } from "../error.js";
import { readWeights, type ReadShard } from "./read-weights.js";

/**
 * Reads a layers model of TensorFlow.js: what `model.save` wrote there, or what tensorflowjs_converter made of a model of Keras.
 *
 * @param modelJson - The content of model.json.
 * @param readShard - Gives the bytes of a file that stands beside it, by its relative path.
 * @throws SerializeError `format` for a broken file, or for layers or options that are not supported, each named; `dtype`, `file`
 * @example
 * const folder = "https://example.org/model/";
 * const model = await importTensorflowJs(await (await fetch(folder + "model.json")).text(), async (path) =>
 *   (await fetch(folder + path)).bytes(),
 * );
 */
export async function importTensorflowJs(modelJson: string | Uint8Array, readShard: ReadShard): Promise<KerasModel> {
  const bytes = typeof modelJson === "string" ? new TextEncoder().encode(modelJson) : modelJson;
  const file = parseJson(bytes, "model.json");
  const { modelTopology, weightsManifest, format } = isObject(file) ? file : {};
  if (format === "graph-model") {
    return fail(
      "format",
      "read TensorFlow.js: the model must be a layers model, got a graph model, which has lost its layers; " +
        "save it from the layers with model.save, or convert the Keras file with --output_format tfjs_layers_model",
    );
  }
  if (!isObject(modelTopology) || !Array.isArray(weightsManifest))
    return fail("format", "read TensorFlow.js: model.json must hold modelTopology and weightsManifest; save the model again");
  const { model_config: config = modelTopology, keras_version } = modelTopology;
  const convention = typeof keras_version === "string" && keras_version.startsWith("3") ? "keras-3" : "keras-2";
  const graph = readGraph(new LayerConfig(isObject(config) ? { name: "model", ...config } : config, convention));
  return buildModel(graph, namedWeights(await readWeights(weightsManifest, readShard)));
}
