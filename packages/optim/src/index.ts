export { adagrad } from "./adagrad.js";
export type { AdagradOptions, AdagradSettings } from "./adagrad.js";
export { adam } from "./adam.js";
export type { AdamOptions } from "./adam.js";
export { adamw } from "./adamw.js";
export type { AdamwOptions } from "./adamw.js";
export type { AdaptiveMomentSettings } from "./adaptive-moments.js";
export { averagedWeights, averageWeights } from "./average-weights.js";
export { clipByGlobalNorm, clipByValue, globalNorm } from "./clip.js";
export { constantRate, cosineDecay, exponentialDecay, stepDecay } from "./decays.js";
export { defineOptimizer } from "./define-optimizer.js";
export type {
  ChangedSettings,
  OptimizerDefinition,
  OptimizerOptions,
  ParameterGroup,
  ParameterUpdate,
  UpdateSettings,
} from "./define-optimizer.js";
export { OptimizerError } from "./error.js";
export type { OptimizerErrorCode } from "./error.js";
export { lion } from "./lion.js";
export type { LionOptions, LionSettings } from "./lion.js";
export { oneCycle } from "./one-cycle.js";
export type { OneCycleOptions } from "./one-cycle.js";
export { mapNamed } from "./optimizer.js";
export type { Named, Optimizer, OptimizerState, PlateauState, Updated } from "./optimizer.js";
export { matchesParameter } from "./parameter-match.js";
export type { ParameterMatch } from "./parameter-match.js";
export { reduceOnPlateau } from "./reduce-on-plateau.js";
export type { PlateauOptions } from "./reduce-on-plateau.js";
export { rmsprop } from "./rmsprop.js";
export type { RmspropOptions, RmspropSettings } from "./rmsprop.js";
export { rateAt } from "./schedule.js";
export type { LearningRate, Schedule } from "./schedule.js";
export { sgd } from "./sgd.js";
export type { SgdOptions, SgdSettings } from "./sgd.js";
export { inSequence, warmUp } from "./warm-up.js";
export type { SchedulePart } from "./warm-up.js";
