import type { LayerBuilder } from "../layer.js";
import { activationLayer, eluLayer, identityLayer, leakyReluLayer, reluLayer, softmaxLayer } from "./activation.js";
import { convolutionLayer } from "./convolution.js";
import { denseLayer } from "./dense.js";
import { dropoutLayer, spatialDropoutLayer } from "./dropout.js";
import { embeddingLayer, maskingLayer } from "./embedding.js";
import { concatenateLayer, elementwiseLayer } from "./merging.js";
import { normalizationLayer } from "./normalization.js";
import { operationBuilders } from "./operations.js";
import { globalAverageLayer, globalMaxLayer, poolingLayer } from "./pooling.js";
import { bidirectionalLayer, recurrentLayer } from "./recurrent.js";
import { flattenLayer, permuteLayer, repeatLayer, reshapeLayer } from "./shaping.js";
import { timeDistributedLayer } from "./time-distributed.js";

/** How to make each class of layer. */
export const layerBuilders: ReadonlyMap<string, LayerBuilder> = /* @__PURE__ */ new Map<string, LayerBuilder>([
  ...operationBuilders,
  ["Activation", activationLayer],
  ["ActivityRegularization", identityLayer],
  ["Add", elementwiseLayer((a, b) => a.add(b))],
  ["Average", elementwiseLayer((a, b) => a.add(b), { mean: true })],
  ["AveragePooling1D", poolingLayer("mean")],
  ["Bidirectional", bidirectionalLayer],
  ["Concatenate", concatenateLayer],
  ["Conv1D", convolutionLayer],
  ["Dense", denseLayer],
  ["Dropout", dropoutLayer],
  ["ELU", eluLayer],
  ["Embedding", embeddingLayer],
  ["Flatten", flattenLayer],
  ["GRU", recurrentLayer],
  ["GlobalAveragePooling1D", globalAverageLayer],
  ["GlobalMaxPooling1D", globalMaxLayer],
  ["Identity", identityLayer],
  ["LSTM", recurrentLayer],
  ["LayerNormalization", normalizationLayer],
  ["LeakyReLU", leakyReluLayer],
  ["Masking", maskingLayer],
  ["MaxPooling1D", poolingLayer("max")],
  ["Maximum", elementwiseLayer((a, b) => a.maximum(b))],
  ["Minimum", elementwiseLayer((a, b) => a.minimum(b))],
  ["Multiply", elementwiseLayer((a, b) => a.mul(b))],
  ["Permute", permuteLayer],
  ["ReLU", reluLayer],
  ["RepeatVector", repeatLayer],
  ["Reshape", reshapeLayer],
  ["SimpleRNN", recurrentLayer],
  ["Softmax", softmaxLayer],
  ["SpatialDropout1D", spatialDropoutLayer],
  ["Subtract", elementwiseLayer((a, b) => a.sub(b))],
  ["TimeDistributed", timeDistributedLayer],
]);
