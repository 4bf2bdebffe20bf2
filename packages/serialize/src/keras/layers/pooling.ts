import { stack, where, type Tensor } from "@unroll/tensor";

import { mapLayer, onlyInput, type KerasLayer } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";

/** GlobalAveragePooling1D: the mean over the real steps. */
export function globalAverageLayer(config: LayerConfig): KerasLayer {
  config.only("data_format", "channels_last");
  const keepDims = config.boolean("keepdims");
  return {
    run(inputs) {
      const { value, mask } = onlyInput(inputs, config);
      if (mask === undefined) return { outputs: [{ value: value.mean({ axes: 1, keepDims }) }] };
      const real = mask.unsqueeze({ axis: 2 });
      const sum = where(real, value, 0).sum({ axes: 1, keepDims });
      return { outputs: [{ value: sum.div(real.cast(value.dtype).sum({ axes: 1, keepDims })) }] };
    },
  };
}

/** GlobalMaxPooling1D: the largest over all steps; Keras knows no mask here. */
export function globalMaxLayer(config: LayerConfig): KerasLayer {
  config.only("data_format", "channels_last");
  const keepDims = config.boolean("keepdims");
  return mapLayer(config, { map: (x) => x.max({ axes: 1, keepDims }), mask: "ends" });
}

/** MaxPooling1D and AveragePooling1D over whole windows. */
export function poolingLayer(kind: "max" | "mean") {
  return (config: LayerConfig): KerasLayer => {
    config.only("data_format", "channels_last");
    config.only("padding", "valid");
    const [size = 2] = config.integers("pool_size", [2]);
    const [stride = size] = config.integers("strides", [size]);
    if (size < 1 || stride < 1) config.refuse("needs a pool_size and strides of 1 or more", "save the model again");
    const map = (x: Tensor): Tensor => {
      const windows = Math.floor(((x.shape[1] as number) - size) / stride) + 1;
      if (windows < 1) config.refuse(`needs at least ${size} steps, got ${x.shape[1]}`, "give it a longer sequence");
      const reach = (windows - 1) * stride + 1;
      const taps = Array.from({ length: size }, (_, start) => x.slice({ axis: 1, start, stop: start + reach, step: stride }));
      return stack(taps, { axis: 0 })[kind]({ axes: 0 });
    };
    return mapLayer(config, { map, mask: "ends" });
  };
}
