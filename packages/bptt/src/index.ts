export type { Batch, Batches } from "./batch.js";
export { drawGradientFlow } from "./diagnostics/draw-gradient-flow.js";
export { drawPanels } from "./diagnostics/draw-panels.js";
export type { Panel, PanelSize } from "./diagnostics/draw-panels.js";
export { gradientFlow } from "./diagnostics/gradient-flow.js";
export type { GateFlow, GradientFlow, GradientFlowOptions, LayerFlow, ParameterFlow } from "./diagnostics/gradient-flow.js";
export { spectralRadius } from "./diagnostics/spectral-radius.js";
export { drawIndex } from "./draw-index.js";
export type { DrawOptions } from "./draw-index.js";
export { TrainingError } from "./error.js";
export type { TrainingErrorCode, TrainingErrorPlace } from "./error.js";
export { accuracy, evaluate, measure } from "./evaluate.js";
export type { EvaluateOptions, Evaluation } from "./evaluate.js";
export { fit } from "./fit.js";
export type {
  Best,
  Checkpoint,
  CheckpointOptions,
  Clip,
  Counted,
  FitOptions,
  FitResult,
  FitState,
  Loss,
  Metric,
  StepEvent,
  ValidationEvent,
} from "./fit-options.js";
export { forecast } from "./forecast.js";
export type { Forecast, ForecastOptions } from "./forecast.js";
export type { ResetRule } from "./reset-rule.js";
export { sample, sampleAsync } from "./sample.js";
export type { SampleOptions } from "./sample.js";
export type { ForwardOptions, ModelState, Prediction, SequenceModel } from "./sequence-model.js";
export { truncatedWindows } from "./truncate.js";
export type { TruncatedWindow, Truncation } from "./truncate.js";
