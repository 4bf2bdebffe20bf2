import { Conv1d, type Parameter } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { mapLayer, type KerasLayer } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";
import type { LayerWeights } from "../layer-weights.js";
import { assignValues, type ParameterValues } from "../parameter-values.js";

/** What a {@link Conv1d} takes from Keras's weights. */
export function convolutionValues(convolution: Conv1d, weights: LayerWeights): ParameterValues {
  const [outputSize = 0, inputSize = 0, kernelSize = 0] = convolution.weight.shape;
  const sizes = { inputSize, outputSize, kernelSize, hasBias: convolution.bias !== undefined };
  const { kernel, bias } = readConvolution(weights, sizes);
  const values: [Parameter, Tensor][] = [[convolution.weight, kernel.permute([2, 1, 0])]];
  if (convolution.bias !== undefined && bias !== undefined) values.push([convolution.bias, bias]);
  return values;
}

const paddings = { causal: "causal", same: "same", valid: "none" } as const;

/** Conv1D: `[batch, time, in]` to `[batch, time', filters]`. */
export function convolutionLayer(config: LayerConfig, weights: LayerWeights): KerasLayer {
  config.only("data_format", "channels_last");
  if (config.integer("groups", { otherwise: 1 }) !== 1)
    config.refuse("has groups, which is not supported", "train it with groups=1");
  const [kernelSize = 0] = config.integers("kernel_size");
  const [stride = 1] = config.integers("strides", [1]);
  const [dilation = 1] = config.integers("dilation_rate", [1]);
  const padding = config.text("padding", "valid");
  if (!Object.hasOwn(paddings, padding)) config.refuse(`has the padding ${JSON.stringify(padding)}`, "use causal, same or valid");
  if (padding === "same" && stride !== 1)
    config.refuse('has padding "same" with strides, which is not supported', 'use padding "causal" or "valid"');
  const hasBias = config.boolean("use_bias", true);
  const outputSize = config.integer("filters");
  const activation = config.activation("activation", "linear");
  const { kernel } = readConvolution(weights, { inputSize: null, outputSize, kernelSize, hasBias });
  const convolution = new Conv1d({
    inputSize: kernel.shape[1] as number,
    outputSize,
    kernelSize,
    dilation,
    padding: paddings[padding as keyof typeof paddings],
    bias: hasBias,
  });
  assignValues(convolutionValues(convolution, weights));
  const everyStride = (x: Tensor): Tensor => (stride === 1 ? x : x.slice({ axis: 1, step: stride }));
  const map = (x: Tensor): Tensor => activation(everyStride(convolution.forward(x)));
  return mapLayer(config, { module: convolution, map, mask: "ends" });
}

interface Sizes {
  readonly inputSize: number | null;
  readonly outputSize: number;
  readonly kernelSize: number;
  readonly hasBias: boolean;
}

function readConvolution(weights: LayerWeights, { inputSize, outputSize, kernelSize, hasBias }: Sizes) {
  const kernel = [kernelSize, inputSize, outputSize] as const;
  if (hasBias) return weights.read({ kernel, bias: [outputSize] });
  return { ...weights.read({ kernel }), bias: undefined };
}
