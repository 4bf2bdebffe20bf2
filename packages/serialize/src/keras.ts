export { importKeras } from "./keras/import.js";
export { loadKerasWeights } from "./keras/load-weights.js";
export { KerasModel } from "./keras/model.js";
export type { LayerNode, ModelGraph, TensorRef } from "./keras/model-graph.js";
export type { KerasState } from "./keras/run-graph.js";
