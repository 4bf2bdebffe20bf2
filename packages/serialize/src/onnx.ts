export { importOnnx, OnnxModel } from "./onnx/import.js";
