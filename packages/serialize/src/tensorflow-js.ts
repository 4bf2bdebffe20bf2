export { importTensorflowJs } from "./tensorflow-js/import.js";
export type { ReadShard } from "./tensorflow-js/read-weights.js";
export { KerasModel } from "./keras/model.js";
export type { LayerNode, ModelGraph, TensorRef } from "./keras/model-graph.js";
export type { KerasState } from "./keras/run-graph.js";
