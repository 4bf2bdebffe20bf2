import { WasmError } from "@unroll/wasm";
import { expect, it } from "vitest";

import { isOutOfMemory } from "./is-out-of-memory.js";

const thrown = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

it("knows what the engine and the backend throw", () => {
  expect(isOutOfMemory(new WasmError("memory", ""))).toBe(true);
  expect(isOutOfMemory(thrown(() => new Float32Array(2 ** 52)))).toBe(true);
  expect(isOutOfMemory(thrown(() => new ArrayBuffer(2 ** 50)))).toBe(true);
  expect(isOutOfMemory(thrown(() => Array.from({ length: 2 ** 40 })))).toBe(true);
});

it("takes no other error for it", () => {
  expect(isOutOfMemory(new WasmError("option", ""))).toBe(false);
  expect(isOutOfMemory(thrown(() => "x".repeat(-1)))).toBe(false);
  expect(isOutOfMemory(new TypeError("Invalid array length"))).toBe(false);
});
