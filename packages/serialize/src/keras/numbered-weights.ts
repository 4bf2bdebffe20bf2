import type { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { checkWeights, type LayerWeights } from "./layer-weights.js";

/** The name of a class as Keras 3 spells it in paths: `TimeDistributed` is `time_distributed`, `SimpleRNN` `simple_rnn`. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** Spells the paths of several layers: the second LSTM of a model is `lstm_1`, whatever its name (keras/src/saving/saving_lib.py). */
export function layerPaths(classNames: readonly string[]): string[] {
  const used = new Map<string, number>();
  return classNames.map((className) => {
    const name = snakeCase(className);
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}

/**
 * Weights as Keras 3 stores them: under the path of attributes that leads to their layer, numbered in the order of their making, as
 * `layers/lstm_1/cell/vars/0`.
 *
 * @param tensors - By path.
 */
export function numberedWeights(tensors: ReadonlyMap<string, Tensor>, path = ""): LayerWeights {
  return {
    part: (name) => numberedWeights(tensors, `${path}${name}/`),
    ofLayers: (layers) =>
      layerPaths(layers.map(({ className }) => className)).map((name) => numberedWeights(tensors, `${path}layers/${name}/`)),
    read(shapes) {
      const found: Tensor[] = [];
      for (let tensor; (tensor = tensors.get(`${path}vars/${found.length}`)) !== undefined;) found.push(tensor);
      if (found.length === 0 && Object.keys(shapes).length > 0) absent(tensors, path);
      return checkWeights(JSON.stringify(`${path}vars`), found, shapes);
    },
  };
}

function absent(tensors: ReadonlyMap<string, Tensor>, path: string): never {
  const places = [...new Set([...tensors.keys()].map((name) => name.split("/").slice(0, 2).join("/")))];
  return fail(
    "format",
    `read Keras: there are no weights at ${JSON.stringify(`${path}vars`)}; the file has some at ${places.slice(0, 20).join(", ") || "no place"}; ` +
      "name the layers in the order and of the classes that they have in Keras",
  );
}
