export { importOnnx, OnnxModel } from "./onnx/import.js";
export { exportOnnx } from "./onnx/export.js";
export type { ExportOptions } from "./onnx/export.js";
export type { DynamicAxes } from "./onnx/dynamic-axes.js";
export type { ExportableModel } from "./onnx/trace-model.js";
