import { vitestConfig } from "@unroll/vitest-config";
import { inChromium } from "@unroll/vitest-config/browser";

const { reporters, ...test } = vitestConfig.test;
// Fixtures of other packages, which the tests import.
const assetsInclude = ["**/*.onnx", "**/*.safetensors"];
const inNode = { ...vitestConfig, assetsInclude, test: { ...test, name: "node" } };

/** The same tests in Node and in Chromium, where the runtime fetches its WebAssembly from the test server. */
const projects = [inNode];
if (inChromium !== undefined) {
  projects.push({
    assetsInclude,
    resolve: { ...vitestConfig.resolve, alias: [{ find: /^onnxruntime-web$/, replacement: "onnxruntime-web/wasm" }] },
    // Bundled anew it would not find its WebAssembly, which lies beside it.
    optimizeDeps: { exclude: ["onnxruntime-web/wasm"] },
    test: { ...test, ...inChromium, name: "chromium" },
  });
}

export default { test: { reporters, projects } };
