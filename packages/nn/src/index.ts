export { AdditiveAttention } from "./attention/additive-attention.js";
export type { AdditiveAttentionOptions } from "./attention/additive-attention.js";
export { dotAttention } from "./attention/dot-attention.js";
export type { DotAttentionOptions } from "./attention/dot-attention.js";
export { maskedSoftmax } from "./attention/masked-softmax.js";
export type { Attended, AttentionOptions } from "./attention/masked-softmax.js";
export { Conv1d } from "./conv1d.js";
export type { Conv1dOptions } from "./conv1d.js";
export { ctcBeamDecode } from "./ctc/beam-decode.js";
export type { CtcBeamOptions, CtcHypothesis } from "./ctc/beam-decode.js";
export { ctcLoss } from "./ctc/ctc-loss.js";
export type { CtcLossOptions } from "./ctc/ctc-loss.js";
export { ctcGreedyDecode } from "./ctc/greedy-decode.js";
export type { CtcDecodeOptions } from "./ctc/greedy-decode.js";
export { differentiate } from "./differentiate.js";
export type { Differentiated } from "./differentiate.js";
export { Dropout, dropoutMask } from "./dropout.js";
export type { DropoutOptions } from "./dropout.js";
export { Embedding } from "./embedding.js";
export type { EmbeddingOptions } from "./embedding.js";
export { ModuleError } from "./error.js";
export type { ModuleErrorCode } from "./error.js";
export { gradcheckModule } from "./gradcheck-module.js";
export type { ModuleGradcheckReport } from "./gradcheck-module.js";
export {
  blocks,
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  perBlock,
  pytorchUniform,
  uniformWithin,
} from "./initializers.js";
export type { Initializer } from "./initializers.js";
export { LayerNorm, layerNorm } from "./layer-norm.js";
export type { LayerNormalization } from "./layer-norm.js";
export { Linear } from "./linear.js";
export type { LinearOptions } from "./linear.js";
export { lookupOf } from "./lookup.js";
export type { Lookup } from "./lookup.js";
export { binaryCrossEntropy } from "./losses/binary-cross-entropy.js";
export type { ClassLossOptions } from "./losses/class-targets.js";
export { crossEntropy } from "./losses/cross-entropy.js";
export type { CrossEntropyOptions } from "./losses/cross-entropy.js";
export { gaussianNegativeLogLikelihood } from "./losses/gaussian-negative-log-likelihood.js";
export { huber } from "./losses/huber.js";
export type { HuberOptions } from "./losses/huber.js";
export { meanAbsoluteError } from "./losses/mean-absolute-error.js";
export { meanSquaredError } from "./losses/mean-squared-error.js";
export { negativeLogLikelihood } from "./losses/negative-log-likelihood.js";
export { quantileLoss } from "./losses/quantile-loss.js";
export type { QuantileLossOptions } from "./losses/quantile-loss.js";
export type { LossOptions } from "./losses/reduce-losses.js";
export { MixerBlock } from "./mixer-block.js";
export type { MixerBlockOptions } from "./mixer-block.js";
export { Module } from "./module.js";
export { orthogonal } from "./orthogonal.js";
export { Parameter } from "./parameter.js";
export type { ParameterSpec } from "./parameter.js";
export { TcnBlock } from "./tcn-block.js";
export type { TcnBlockOptions } from "./tcn-block.js";
export { withBoundParameters } from "./with-bound-parameters.js";
