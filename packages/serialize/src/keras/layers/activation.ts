import { elu, leakyRelu, type Activation } from "../activations.js";
import { mapLayer, type KerasLayer } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";

const passing = (config: LayerConfig, map: Activation): KerasLayer => mapLayer(config, { map, mask: "passes" });

/** Activation. */
export function activationLayer(config: LayerConfig): KerasLayer {
  return passing(config, config.activation("activation"));
}

/** ReLU, with `max_value` and `negative_slope`. */
export function reluLayer(config: LayerConfig): KerasLayer {
  if (config.number("threshold", 0) !== 0) config.refuse("has a threshold, which is not supported", "train it without");
  const limit = config.number("max_value", Number.MAX_VALUE);
  const slope = config.number("negative_slope", 0);
  return passing(config, (x) => (limit === Number.MAX_VALUE ? leakyRelu(x, slope) : leakyRelu(x, slope).minimum(limit)));
}

/** LeakyReLU; Keras 2 calls the slope `alpha`. */
export function leakyReluLayer(config: LayerConfig): KerasLayer {
  const slope = config.number("negative_slope", config.number("alpha", 0.3));
  return passing(config, (x) => leakyRelu(x, slope));
}

/** ELU. */
export function eluLayer(config: LayerConfig): KerasLayer {
  const alpha = config.number("alpha", 1);
  return passing(config, (x) => elu(x, alpha));
}

/** Softmax over the last axis, of a tensor without mask. */
export function softmaxLayer(config: LayerConfig): KerasLayer {
  if (config.integers("axis", [-1]).join() !== "-1")
    config.refuse("works along another axis than the last, which is not supported", "permute before it");
  const layer = passing(config, (x) => x.softmax());
  return {
    run(inputs) {
      if (inputs.some(({ mask }) => mask !== undefined))
        config.refuse("gets a mask, which is not supported", 'use Activation("softmax"), which takes none');
      return layer.run(inputs);
    },
  };
}

/** Identity, and ActivityRegularization, which only adds to a loss. */
export function identityLayer(config: LayerConfig): KerasLayer {
  return passing(config, (x) => x);
}
