import { Embedding } from "@unroll/nn";

import { onlyInput, type KerasLayer } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";
import type { LayerWeights } from "../layer-weights.js";
import { assignValues, type ParameterValues } from "../parameter-values.js";

/** What an {@link Embedding} takes from Keras's weights. */
export function embeddingValues(embedding: Embedding, weights: LayerWeights): ParameterValues {
  const [count = 0, size = 0] = embedding.weight.shape;
  return [[embedding.weight, weights.read({ embeddings: [count, size] }).embeddings]];
}

/** Embedding: `[batch, time]` to `[batch, time, output_dim]`; with `mask_zero`, index 0 marks padding. */
export function embeddingLayer(config: LayerConfig, weights: LayerWeights): KerasLayer {
  const masksZero = config.boolean("mask_zero");
  const count = config.integer("input_dim");
  const size = config.integer("output_dim");
  // What is stored is read first, so that a size that is only claimed allocates nothing.
  weights.read({ embeddings: [count, size] });
  const embedding = new Embedding(count, size);
  assignValues(embeddingValues(embedding, weights));
  return {
    module: embedding,
    run(inputs) {
      const { value } = onlyInput(inputs, config);
      const indices = value.dtype === "int32" ? value : value.cast("int32");
      return { outputs: [{ value: embedding.forward(indices), mask: masksZero ? indices.notEqual(0) : undefined }] };
    },
  };
}

/** Masking: steps whose features all equal `mask_value` are padding, and become 0. */
export function maskingLayer(config: LayerConfig): KerasLayer {
  const padding = config.number("mask_value", 0);
  return {
    run(inputs) {
      const { value } = onlyInput(inputs, config);
      const real = value.notEqual(padding).max({ axes: -1, keepDims: true });
      return { outputs: [{ value: value.mul(real.cast(value.dtype)), mask: real.squeeze({ axis: -1 }).cast("bool") }] };
    },
  };
}
