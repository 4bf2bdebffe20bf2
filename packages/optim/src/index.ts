export { adam } from "./adam.js";
export type { AdamOptions } from "./adam.js";
export { clipByGlobalNorm, globalNorm } from "./clip.js";
export { mapNamed } from "./optimizer.js";
export type { Named, Optimizer, OptimizerState, Updated } from "./optimizer.js";
export { sgd } from "./sgd.js";
export type { SgdOptions } from "./sgd.js";
