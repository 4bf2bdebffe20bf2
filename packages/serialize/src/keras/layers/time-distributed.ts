import type { BuildLayer, KerasLayer } from "../layer.js";
import { onlyInput } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";
import type { LayerWeights } from "../layer-weights.js";

/** TimeDistributed: the same layer at each step of `[batch, time, …]`. */
export function timeDistributedLayer(config: LayerConfig, weights: LayerWeights, build: BuildLayer): KerasLayer {
  const inner = config.layer("layer");
  if (inner.value("stateful") === true) config.refuse("runs a stateful layer", "make it stateless");
  const layer = build(inner, weights.part("layer"));
  return {
    module: layer.module,
    run(inputs) {
      const { value, mask } = onlyInput(inputs, config);
      const [batch = 0, time = 0, ...features] = value.shape;
      const { outputs } = layer.run([{ value: value.reshape([batch * time, ...features]) }]);
      return { outputs: outputs.map(({ value: y }) => ({ value: y.reshape([batch, time, ...y.shape.slice(1)]), mask })) };
    },
  };
}
