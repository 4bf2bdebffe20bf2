import { Linear, type Parameter } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { mapLayer, type KerasLayer } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";
import type { LayerWeights } from "../layer-weights.js";
import { assignValues, type ParameterValues } from "../parameter-values.js";

/** What a {@link Linear} takes from Keras's weights of a Dense. */
export function denseValues(linear: Linear, weights: LayerWeights): ParameterValues {
  const [outputSize = 0, inputSize = 0] = linear.weight.shape;
  const { kernel, bias } = readDense(weights, { inputSize, outputSize, hasBias: linear.bias !== undefined });
  const values: [Parameter, Tensor][] = [[linear.weight, kernel.transpose()]];
  if (linear.bias !== undefined && bias !== undefined) values.push([linear.bias, bias]);
  return values;
}

/** Dense, over the last axis: `[…, in] -> […, units]`. */
export function denseLayer(config: LayerConfig, weights: LayerWeights): KerasLayer {
  const outputSize = config.integer("units");
  const hasBias = config.boolean("use_bias", true);
  const activation = config.activation("activation", "linear");
  if (config.value("lora_rank") !== undefined)
    config.refuse("has lora_rank, which is not supported", "merge the weights and save again");
  const { kernel } = readDense(weights, { inputSize: null, outputSize, hasBias });
  const linear = new Linear(kernel.shape[0] as number, outputSize, { bias: hasBias });
  assignValues(denseValues(linear, weights));
  return mapLayer(config, { module: linear, map: (x) => activation(linear.forward(x)), mask: "passes" });
}

function readDense(
  weights: LayerWeights,
  {
    inputSize,
    outputSize,
    hasBias,
  }: { readonly inputSize: number | null; readonly outputSize: number; readonly hasBias: boolean },
) {
  const kernel = [inputSize, outputSize] as const;
  if (hasBias) return weights.read({ kernel, bias: [outputSize] });
  return { ...weights.read({ kernel }), bias: undefined };
}
