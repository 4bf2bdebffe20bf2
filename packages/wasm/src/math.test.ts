import { createGenerator, fromTypedArray, withBackend, type Tensor, type TypedArray } from "@unroll/tensor";
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
  ["expm1", (x) => x.expm1(), Math.expm1, 0.501],
  ["sigmoid", (x) => x.sigmoid(), (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))), 3],
  ["tanh", (x) => x.tanh(), Math.tanh, 7],
  ["log", (x) => x.log(), Math.log, 1],
  ["log1p", (x) => x.log1p(), Math.log1p, 0.501],
  ["sqrt", (x) => x.sqrt(), Math.sqrt, 0.5],
  ["sin", (x) => x.sin(), Math.sin, 0.501],
  ["cos", (x) => x.cos(), Math.cos, 0.501],
];

// Bases and exponents for which IEEE 754 and JavaScript have rules, and powers that are exact or at an end of float32.
const special = [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-45, -1e-45, 1.17549435e-38, 3.4e38, -3.4e38]
  .concat([0.5, -0.5, 2, -2, 3, -3, 0.3, -0.3, 127, 128, -126, -127, -149, -149.25, -150, 16777215, -16777217, 33554432])
  .map(Math.fround);

// The worst distance, and where it is.
function worst(actual: TypedArray, exact: (index: number) => number): readonly [distance: number, index: number] {
  let [most, at] = [0, 0];
  for (let i = 0; i < actual.length; i++) {
    const distance = ulps(actual[i] as number, exact(i));
    if (distance > most) [most, at] = [distance, i];
  }
  return [most, at];
}

describe.each(["plain", "relaxed"] as const)("%s build", async (build) => {
  const backend = await WasmBackend.create({ deterministic: build === "plain" });
  const compute = (run: (x: Tensor, y: Tensor) => Tensor, x: Float32Array, y: Float32Array = x): TypedArray =>
    withBackend(backend, () => run(fromTypedArray(x, [x.length]), fromTypedArray(y, [y.length])).toTypedArray());
  const powers = (x: Float32Array, y: Float32Array): ((index: number) => number) => {
    return (index) => (x[index] as number) ** (y[index] as number);
  };

  it("is the one that was asked for", () => {
    expect(backend.build).toBe(build);
  });

  it.each(functions)("%s stays within its bound over all of float32", (_, run, exact, bound) => {
    const x = everywhere();
    const [distance, at] = worst(compute(run, x), (index) => exact(x[index] as number));
    expect(distance, `at ${x[at]}`).toBeLessThanOrEqual(bound);
  });

  it.each(["expm1", "log1p", "sin"] as const)("%s keeps the sign of zero", (name) => {
    expect([...compute((x) => x[name](), Float32Array.of(0, -0))]).toEqual([0, -0]);
  });

  // The fast reduction ends among both.
  it.each([
    ["multiples of pi / 2", Float32Array.from({ length: 200_000 }, (_, index) => (index * 251 + 1) * (Math.PI / 2))],
    ["large numbers", Float32Array.from({ length: 200_000 }, (_, index) => -(2 ** (24 + (index * 104) / 200_000)))],
  ])("sin and cos stay within their bound at %s", (_, x) => {
    for (const name of ["sin", "cos"] as const) {
      const [distance, at] = worst(
        compute((operand) => operand[name](), x),
        (index) => Math[name](x[index] as number),
      );
      expect(distance, `${name} at ${x[at]}`).toBeLessThanOrEqual(0.501);
    }
  });

  it("pow keeps to the rules of Math.pow", () => {
    const x = Float32Array.from({ length: special.length ** 2 }, (_, index) => special[index % special.length] as number);
    const y = x.map((_, index) => special[Math.floor(index / special.length)] as number);
    const exact = powers(x, y);
    expect(compute((base, exponent) => base.pow(exponent), x, y)).toEqual(Float32Array.from(x, (_, index) => exact(index)));
  });

  it("pow stays within its bound wherever the result is a float32", () => {
    const generator = createGenerator(1);
    const x = new Float32Array(Int32Array.from({ length: 300_000 }, () => generator.next()).buffer).map(Math.abs);
    const y = x.map((base) => (300 * generator.uniform() - 150) / Math.log2(base));
    const [distance, at] = worst(
      compute((base, exponent) => base.pow(exponent), x, y),
      powers(x, y),
    );
    expect(distance, `${x[at]} to the power of ${y[at]}`).toBeLessThanOrEqual(0.501);
  });
});
