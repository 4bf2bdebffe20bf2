import { backendConformance } from "@unroll/tensor/conformance";
import { afterAll } from "vitest";

import { WasmBackend } from "../index.js";

// Every call that can be shared is, however small.
const leastWork = { multiplyAdds: 1, elements: 1 };

for (const options of [{ threads: 2 }, { threads: 3, deterministic: true }]) {
  let backend: Promise<WasmBackend> | undefined;
  const title = `wasm, ${options.threads} threads, ${options.deterministic === true ? "plain" : "relaxed"}`;
  backendConformance(title, () => (backend ??= WasmBackend.create(options, leastWork)));
  afterAll(async () => (await backend)?.close());
}
