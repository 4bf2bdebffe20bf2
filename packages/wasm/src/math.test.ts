import { fromTypedArray, withBackend, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { WasmBackend } from "./index.js";

// Every 4,001st of all 2^32 float32 bit patterns, and the special ones.
function everywhere(): Float32Array {
  const step = 4001;
  const bits = Uint32Array.from({ length: Math.floor(2 ** 32 / step) }, (_, index) => index * step);
  const special = [
    0,
    -0,
    1,
    -1,
    NaN,
    Infinity,
    -Infinity,
    1e-45,
    -1e-45,
    1.17549435e-38,
    3.4e38,
    -3.4e38,
    88.72,
    88.73,
    -87.4,
    -103.9,
  ];
  return Float32Array.from([...special, ...new Float32Array(bits.buffer)]);
}

// Distance in units of the last place of the correctly rounded result; equal special values are 0 apart.
function ulps(actual: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (Object.is(actual, rounded) || actual === rounded) return 0;
  if (!Number.isFinite(rounded) || !Number.isFinite(actual)) return Infinity;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(rounded))));
  return Math.abs(actual - exact) / 2 ** (exponent - 23);
}

const functions: readonly (readonly [name: string, run: (x: Tensor) => Tensor, exact: (x: number) => number, bound: number])[] = [
  ["exp", (x) => x.exp(), Math.exp, 1.5],
  ["sigmoid", (x) => x.sigmoid(), (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))), 3],
  ["tanh", (x) => x.tanh(), Math.tanh, 7],
  ["log", (x) => x.log(), Math.log, 1],
  ["sqrt", (x) => x.sqrt(), Math.sqrt, 0.5],
];

describe.each(["plain", "relaxed"] as const)("%s build", (build) => {
  it.each(functions)("%s stays within its bound over all of float32", async (_, run, exact, bound) => {
    const backend = await WasmBackend.create({ deterministic: build === "plain" });
    expect(backend.build).toBe(build);
    const x = everywhere();
    const y = withBackend(backend, () => run(fromTypedArray(x, [x.length])).toTypedArray());
    let worst = 0;
    let where = 0;
    for (let i = 0; i < x.length; i++) {
      const distance = ulps(y[i] as number, exact(x[i] as number));
      if (distance > worst) [worst, where] = [distance, x[i] as number];
    }
    expect(worst, `at ${where}`).toBeLessThanOrEqual(bound);
  });
});
