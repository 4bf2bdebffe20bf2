import { backendConformance } from "@unroll/tensor/conformance";
import { afterAll } from "vitest";

import { WasmBackend } from "../index.js";

// Every call that can be shared is, however small.
const leastWork = { multiplyAdds: 1, elements: 1 };

for (const threads of [2, 3]) {
  let backend: Promise<WasmBackend> | undefined;
  backendConformance(`wasm, ${threads} threads`, () => (backend ??= WasmBackend.create({ threads }, leastWork)));
  afterAll(async () => (await backend)?.close());
}
