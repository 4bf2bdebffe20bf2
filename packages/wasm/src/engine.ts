import { WasmError } from "./error.js";

// The smallest modules that use a feature: a function of one instruction each.
const simdProbe = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const relaxedProbe = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
];

interface V8 {
  setFlagsFromString(flag: string): void;
}

interface NodeLike {
  readonly process?: { getBuiltinModule?(name: string): V8 | undefined; readonly execArgv?: readonly string[] };
}

function v8(): V8 | undefined {
  return (globalThis as NodeLike).process?.getBuiltinModule?.("v8");
}

function validates(bytes: readonly number[]): boolean {
  return WebAssembly.validate(new Uint8Array(bytes));
}

/** @throws WasmError `unsupported` where the engine has no WebAssembly SIMD. */
export function requireSimd(): void {
  if (typeof WebAssembly !== "object" || !validates(simdProbe)) {
    throw new WasmError(
      "unsupported",
      "useWasm: this engine has no WebAssembly SIMD; use Node 20 or a browser of 2023 or later, or stay on the reference backend",
    );
  }
}

/** Whether fused multiply-add (relaxed SIMD) can be used; on Node 20 it is switched on first. */
export function relaxedSimd(): boolean {
  if (validates(relaxedProbe)) return true;
  v8()?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  return validates(relaxedProbe);
}

/** Asks V8 to pair 128-bit operations into 256-bit ones; works before the first module is compiled, on Node 24. */
export function pairVectors(): void {
  const engine = v8();
  if (engine === undefined) {
    throw new WasmError("unsupported", "useWasm: wide vectors need Node; leave wideVectors out");
  }
  engine.setFlagsFromString("--experimental-wasm-revectorize");
}

/** Runs `run` with functions of WebAssembly optimized before their first call, where the engine is V8 in Node. */
export function optimizedAtOnce(run: () => void): void {
  const before = "--no-liftoff";
  v8()?.setFlagsFromString(before);
  try {
    run();
  } finally {
    if ((globalThis as NodeLike).process?.execArgv?.includes(before) !== true) v8()?.setFlagsFromString("--liftoff");
  }
}
