import { tsupConfig } from "@unroll/tsup-config";

export default tsupConfig([
  "src/index.ts",
  "src/node.ts",
  "src/browser.ts",
  "src/pytorch.ts",
  "src/onnx.ts",
  "src/keras.ts",
  "src/tensorflow-js.ts",
  "src/inspect.ts",
  "src/conformance.ts",
]);
