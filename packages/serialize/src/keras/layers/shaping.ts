import { Dropout } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { exponentialLinear, leakyRelu, type Activation } from "../activations.js";
import { mapLayer, type KerasLayer } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";

/** Dropout; `noise_shape` is not supported. */
export function dropoutLayer(config: LayerConfig): KerasLayer {
  if (config.value("noise_shape") !== undefined)
    config.refuse("has a noise_shape, which is not supported", "use SpatialDropout1D");
  return dropping(config, []);
}

/** SpatialDropout1D: drops whole features of `[batch, time, features]`. */
export function spatialDropoutLayer(config: LayerConfig): KerasLayer {
  return dropping(config, [1]);
}

function dropping(config: LayerConfig, sharedAxes: readonly number[]): KerasLayer {
  const module = new Dropout(config.rate("rate"), { sharedAxes });
  return mapLayer(config, { module, map: (x) => module.forward(x), mask: "passes" });
}

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
  return passing(config, (x) => exponentialLinear(x, alpha));
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

const reshaping = (config: LayerConfig, map: (x: Tensor) => Tensor): KerasLayer => mapLayer(config, { map, mask: "ends" });

/** Flatten: all axes after the batch become one. */
export function flattenLayer(config: LayerConfig): KerasLayer {
  config.only("data_format", "channels_last");
  return reshaping(config, (x) =>
    x.reshape([x.shape[0] as number, x.shape.slice(1).reduce((product, length) => product * length, 1)]),
  );
}

/** Reshape to `target_shape` after the batch; one length may be -1. */
export function reshapeLayer(config: LayerConfig): KerasLayer {
  const target = config.integers("target_shape");
  return reshaping(config, (x) => x.reshape([x.shape[0] as number, ...target]));
}

/** Permute: axes after the batch, counted from 1. */
export function permuteLayer(config: LayerConfig): KerasLayer {
  const axes = config.integers("dims");
  return reshaping(config, (x) => x.permute([0, ...axes]));
}

/** RepeatVector: `[batch, features]` to `[batch, n, features]`. */
export function repeatLayer(config: LayerConfig): KerasLayer {
  const count = config.integer("n");
  return reshaping(config, (x) => x.unsqueeze({ axis: 1 }).broadcastTo([x.shape[0] as number, count, x.shape[1] as number]));
}
