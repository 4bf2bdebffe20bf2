import { backendConformance } from "@unroll/tensor/conformance";

import { WasmBackend } from "./index.js";

for (const deterministic of [false, true]) {
  let backend: Promise<WasmBackend> | undefined;
  backendConformance(`wasm, ${deterministic ? "plain" : "relaxed"}`, () => (backend ??= WasmBackend.create({ deterministic })));
}
