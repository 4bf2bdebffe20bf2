export { importOnnx, OnnxModel } from "./onnx/import.js";
export { exportOnnx } from "./onnx/export.js";
export type { ExportableModel, ExportOptions } from "./onnx/export.js";
