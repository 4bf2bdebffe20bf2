import { Dropout } from "@unroll/nn";

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
