import { formatShape, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import type { LayerConfig } from "./layer-config.js";

/** Places within a layer that have weights of their own. */
export type LayerPart = "cell" | "layer" | "forward_layer" | "backward_layer";

/** The weights of one layer, wherever a file keeps them. */
export interface LayerWeights {
  /** The weights of a part of this layer. */
  part(name: LayerPart): LayerWeights;
  /** The weights of each layer of a model, this being a model. */
  ofLayers(layers: readonly Pick<LayerConfig, "className" | "name">[]): readonly LayerWeights[];
  /**
   * The weights, by name.
   *
   * @throws SerializeError `format` unless there are those and no others, each of its shape
   */
  read<Name extends string>(shapes: Readonly<Record<Name, readonly (number | null)[]>>): Readonly<Record<Name, Tensor>>;
}

/** Checks what was found against what is needed. */
export function checkWeights<Name extends string>(
  place: string,
  found: readonly Tensor[],
  shapes: Readonly<Record<Name, readonly (number | null)[]>>,
): Record<Name, Tensor> {
  const names = Object.keys(shapes) as Name[];
  if (found.length !== names.length) {
    const got = found.map(({ shape }) => formatShape(shape)).join(", ");
    fail(
      "format",
      `read Keras: ${place} needs the weights ${names.join(", ")}, got ${found.length}: ${got || "none"}; save it again`,
    );
  }
  const weights = {} as Record<Name, Tensor>;
  names.forEach((name, index) => {
    const tensor = found[index] as Tensor;
    const needed = shapes[name];
    if (tensor.rank !== needed.length || needed.some((length, axis) => length !== null && length !== tensor.shape[axis])) {
      const wanted = `[${needed.map((length) => length ?? "any").join(", ")}]`;
      fail(
        "format",
        `read Keras: ${name} of ${place} must have shape ${wanted}, got ${formatShape(tensor.shape)}; save it again`,
      );
    }
    weights[name] = tensor;
  });
  return weights;
}
