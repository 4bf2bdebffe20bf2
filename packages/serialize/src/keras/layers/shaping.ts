import type { Tensor } from "@unroll/tensor";

import { mapLayer, type KerasLayer } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";

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
