import { backendConformance } from "@unroll/tensor/conformance";
import { WasmBackend } from "@unroll/wasm";

for (const deterministic of [false, true]) {
  let backend: Promise<WasmBackend> | undefined;
  backendConformance(
    `wasm in a page, ${deterministic ? "plain" : "relaxed"}`,
    () => (backend ??= WasmBackend.create({ deterministic })),
  );
}
