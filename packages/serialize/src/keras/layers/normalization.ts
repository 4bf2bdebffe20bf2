import { layerNorm, LayerNorm, Module, Parameter } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { mapLayer, type KerasLayer } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";
import type { LayerWeights } from "../layer-weights.js";
import { assignValues, type ParameterValues } from "../parameter-values.js";

/** What a {@link LayerNorm} takes from Keras's weights. */
export function normalizationValues(normalization: LayerNorm, weights: LayerWeights): ParameterValues {
  const [size = 0] = normalization.weight.shape;
  const { gamma, beta } = weights.read({ gamma: [size], beta: [size] });
  return [
    [normalization.weight, gamma],
    [normalization.bias, beta],
  ];
}

// LayerNormalization that learns only one of scale and shift, or neither.
class PartialLayerNorm extends Module {
  readonly weight: Parameter | undefined;
  readonly bias: Parameter | undefined;
  readonly #epsilon: number;

  constructor({ weight, bias, epsilon }: { readonly weight?: Tensor; readonly bias?: Tensor; readonly epsilon: number }) {
    super();
    const learned = (value: Tensor | undefined): Parameter | undefined =>
      value && new Parameter({ shape: value.shape, initializer: () => value.copy() });
    this.weight = learned(weight);
    this.bias = learned(bias);
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, { weight: this.weight, bias: this.bias, epsilon: this.#epsilon });
  }
}

/** LayerNormalization over the last axis. */
export function normalizationLayer(config: LayerConfig, weights: LayerWeights): KerasLayer {
  const axes = config.integers("axis", [-1]).join(", ");
  config.only("rms_scaling", false);
  const epsilon = config.number("epsilon", 1e-3);
  const module = normalization(weights, {
    epsilon,
    scale: config.boolean("scale", true),
    center: config.boolean("center", true),
  });
  const map = (x: Tensor): Tensor => {
    if (axes !== "-1" && axes !== String(x.rank - 1))
      config.refuse(`has the axis ${axes} of ${x.rank}, which is not supported`, "normalise over the last axis");
    return module.forward(x);
  };
  return mapLayer(config, { module, map, mask: "passes" });
}

function normalization(
  weights: LayerWeights,
  { epsilon, scale, center }: { readonly epsilon: number; readonly scale: boolean; readonly center: boolean },
): LayerNorm | PartialLayerNorm {
  if (scale && center) {
    const { gamma } = weights.read({ gamma: [null], beta: [null] });
    const layer = new LayerNorm(gamma.size, { epsilon });
    assignValues(normalizationValues(layer, weights));
    return layer;
  }
  if (scale) return new PartialLayerNorm({ weight: weights.read({ gamma: [null] }).gamma, epsilon });
  if (center) return new PartialLayerNorm({ bias: weights.read({ beta: [null] }).beta, epsilon });
  return new PartialLayerNorm({ epsilon });
}
