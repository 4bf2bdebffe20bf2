import { fail } from "../error.js";
import type { BuildLayer, KerasLayer } from "./layer.js";
import type { LayerConfig } from "./layer-config.js";
import type { LayerWeights } from "./layer-weights.js";
import { layerBuilders } from "./layers/table.js";
import { KerasModel } from "./model.js";
import { modelClasses, readGraph, type ModelGraph } from "./model-graph.js";
import { described, runGraph } from "./run-graph.js";

/** Layers may stand within layers, and models within models, this deep. */
const maxDepth = 16;

/**
 * Makes a model of a graph and its weights.
 *
 * @throws SerializeError `format`, with every layer that is not supported, or the first whose weights do not fit
 */
export function buildModel(graph: ModelGraph, weights: LayerWeights): KerasModel {
  return new KerasModel(graph, buildLayers(graph, weights, builderAt(0)));
}

function buildLayers(graph: ModelGraph, weights: LayerWeights, build: BuildLayer): ReadonlyMap<string, KerasLayer> {
  const unknown = graph.layers.filter(({ className }) => !layerBuilders.has(className) && !modelClasses.has(className));
  if (unknown.length > 0) unsupported(unknown);
  const own = weights.ofLayers(graph.layers);
  return new Map(graph.layers.map((config, index) => [config.name, build(config, own[index] as LayerWeights)]));
}

function builderAt(depth: number): BuildLayer {
  return (config, weights) => {
    if (depth > maxDepth) config.refuse(`stands within more than ${maxDepth} others`, "flatten the model");
    const within = builderAt(depth + 1);
    if (modelClasses.has(config.className)) return nestedModel(config, weights, within);
    const builder = layerBuilders.get(config.className) ?? unsupported([config]);
    return described(`read Keras: ${config.described}`, () => builder(config, weights, within));
  };
}

function nestedModel(config: LayerConfig, weights: LayerWeights, build: BuildLayer): KerasLayer {
  const graph = readGraph(config);
  const stateful = graph.layers.find((layer) => layer.value("stateful") === true);
  if (stateful !== undefined) config.refuse(`holds the stateful ${stateful.described}`, "use its layers in the outer model");
  const layers = buildLayers(graph, weights, build);
  return {
    module: new KerasModel(graph, layers),
    run(inputs) {
      if (inputs.length !== graph.inputs.length)
        config.refuse(`takes ${graph.inputs.length} inputs, got ${inputs.length}`, "check how the layers are connected");
      return { outputs: runGraph({ graph, layers }, inputs).outputs };
    },
  };
}

function unsupported(configs: readonly LayerConfig[]): never {
  const named = configs.slice(0, 5).map((config) => config.described);
  return fail(
    "format",
    `read Keras: these layers are not supported: ${named.join(", ")}${configs.length > 5 ? `, and ${configs.length - 5} more` : ""}; ` +
      "take them out, or build the model here and load its weights with loadKerasWeights",
  );
}
