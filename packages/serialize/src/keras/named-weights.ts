import type { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { checkWeights, type LayerPart, type LayerWeights } from "./layer-weights.js";

interface NamedWeight {
  /** As `["lstm_1", "lstm_cell", "kernel"]`. */
  readonly path: readonly string[];
  readonly tensor: Tensor;
}

// Keras 2 ends names with the number of an output, TensorFlow.js with the number of a repeated name.
const baseName = (name: string): string => name.replace(/:\d+$/, "").replace(/_\d+$/, "");

const prefixes: Readonly<Partial<Record<LayerPart, string>>> = { forward_layer: "forward_", backward_layer: "backward_" };

/**
 * Weights as TensorFlow.js and Keras 2 store them: under names that begin with that of their layer and end with their own, as
 * `lstm_1/kernel` or `bidirectional/forward_lstm/lstm_cell/kernel:0`.
 *
 * @param tensors - By name.
 */
export function namedWeights(tensors: ReadonlyMap<string, Tensor>): LayerWeights {
  return within(
    [...tensors].map(([name, tensor]) => ({ path: name.split("/"), tensor })),
    "the model",
  );
}

function within(weights: readonly NamedWeight[], place: string): LayerWeights {
  return {
    part(name) {
      const prefix = prefixes[name];
      if (prefix === undefined) return within(weights, place);
      return within(
        weights.filter(({ path }) => path.some((component) => component.startsWith(prefix))),
        `${prefix.slice(0, -1)} of ${place}`,
      );
    },
    ofLayers: (layers) => {
      const byComponent = new Map<string, NamedWeight[]>();
      for (const weight of weights) {
        for (const component of new Set(weight.path.slice(0, -1))) {
          const known = byComponent.get(component);
          if (known === undefined) byComponent.set(component, [weight]);
          else known.push(weight);
        }
      }
      return layers.map(({ className, name }) =>
        within(nested.has(className) ? weights : (byComponent.get(name) ?? []), `${className} ${JSON.stringify(name)}`),
      );
    },
    read(shapes) {
      const names = Object.keys(shapes);
      const found = names.flatMap((name) => {
        const matching = weights.filter(({ path }) => baseName(path.at(-1) as string) === name);
        if (matching.length > 1) {
          fail("format", `read Keras: ${place} has ${matching.length} weights ${name}; give its layers names of their own`);
        }
        return matching.map(({ tensor }) => tensor);
      });
      if (found.length === names.length && weights.length > names.length) {
        const others = weights
          .map(({ path }) => path.join("/"))
          .filter((name) => !names.includes(baseName(name.split("/").at(-1) ?? "")));
        fail(
          "format",
          `read Keras: ${place} needs the weights ${names.join(", ")}, got also ${others.join(", ")}; save it again`,
        );
      }
      return checkWeights(place, found, shapes);
    },
  };
}

// The layers of a model within a model are named beside the others, not below it.
const nested: ReadonlySet<string> = /* @__PURE__ */ new Set(["Sequential", "Functional", "Model"]);
