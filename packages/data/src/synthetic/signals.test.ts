import { createGenerator } from "@unroll/tensor";
import { expect, it } from "vitest";

import { cyclicSignal, mackeyGlassSignal, randomSignal, seasonalSignal, sineSignal, trendingSignal } from "../index.js";

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;
function autocorrelation(values: Float64Array, lag: number): number {
  const centre = mean(values);
  const products = Array.from(values.subarray(lag), (x, t) => (x - centre) * ((values[t] as number) - centre));
  return products.reduce((sum, x) => sum + x, 0) / values.reduce((sum, x) => sum + (x - centre) ** 2, 0);
}

it("draws the four kinds as they are defined", () => {
  const generator = createGenerator(1);
  const seasonal = seasonalSignal({ length: 400, period: 7, generator, noise: 0, level: 3, phase: 0.25 });
  expect(seasonal[0]).toBeCloseTo(4, 12);
  for (let t = 7; t < 400; t++) expect(seasonal[t]).toBeCloseTo(seasonal[t - 7] as number, 9);
  expect([...trendingSignal({ length: 4, slope: 2, level: 1, noise: 0, generator })]).toEqual([1, 3, 5, 7]);
  const random = randomSignal({ length: 20_000, generator, level: 2 });
  expect(mean(random)).toBeCloseTo(2, 1);
  expect(mean(random.map((x) => (x - 2) ** 2))).toBeCloseTo(1, 1);
  for (const lag of [1, 2, 7]) expect(Math.abs(autocorrelation(random, lag))).toBeLessThan(0.03);
  expect(sineSignal({ length: 5, period: 4, amplitude: 2 })[1]).toBeCloseTo(2, 12);
});

it("gives a cyclic signal the autocorrelation of its autoregression", () => {
  const damping = 0.95;
  const period = 20;
  const signal = cyclicSignal({ length: 50_000, period, damping, generator: createGenerator(5) });
  // Yule-Walker: rho(1) = a / (1 - b) for x(t) = a x(t-1) + b x(t-2) + noise.
  const a = 2 * damping * Math.cos((2 * Math.PI) / period);
  const b = -damping * damping;
  const rho1 = a / (1 - b);
  expect(autocorrelation(signal, 1)).toBeCloseTo(rho1, 2);
  expect(Math.abs(autocorrelation(signal, 2) - (a * rho1 + b))).toBeLessThan(0.01);
});

it("has left its start behind at step 0", () => {
  const [damping, period, noise] = [0.9, 12, 0.5];
  const generator = createGenerator(11);
  const firsts = Float64Array.from(
    { length: 3000 },
    () => cyclicSignal({ length: 1, period, damping, noise, generator })[0] as number,
  );
  // The variance of an AR(2): noise² (1 - b) / ((1 + b) ((1 - b)² - a²)).
  const a = 2 * damping * Math.cos((2 * Math.PI) / period);
  const b = -damping * damping;
  const variance = (noise ** 2 * (1 - b)) / ((1 + b) * ((1 - b) ** 2 - a ** 2));
  expect(mean(firsts.map((x) => x * x)) / variance).toBeCloseTo(1, 1);
});

it("repeats from a seed", () => {
  const draw = (): Float64Array => cyclicSignal({ length: 50, period: 9, generator: createGenerator(8) });
  expect(draw()).toEqual(draw());
});

it("solves the Mackey-Glass equation", () => {
  const fine = mackeyGlassSignal({ length: 3001, interval: 0.1 });
  const coarse = mackeyGlassSignal({ length: 301 });
  coarse.forEach((x, index) => expect(x).toBe(fine[10 * index]));
  // Until t = 17 the delayed value is 1.2, so that x(t) = c + (1.2 - c) e^(-0.1 t) with c = 0.24 / (1 + 1.2^10) / 0.1.
  const c = (0.2 * 1.2) / (1 + 1.2 ** 10) / 0.1;
  for (let t = 0; t <= 17; t++) expect(coarse[t]).toBeCloseTo(c + (1.2 - c) * Math.exp(-0.1 * t), 8);
  // Beyond, the derivative seen in the values is that of the equation.
  for (let step = 400; step < 3000; step += 7) {
    const slope = ((fine[step + 1] as number) - (fine[step - 1] as number)) / 0.2;
    const delayed = fine[step - 170] as number;
    expect(slope).toBeCloseTo((0.2 * delayed) / (1 + delayed ** 10) - 0.1 * (fine[step] as number), 4);
  }
  expect(mackeyGlassSignal({ length: 20, discard: 30 })).toEqual(mackeyGlassSignal({ length: 50 }).slice(30));
  const long = mackeyGlassSignal({ length: 2000, discard: 200 });
  expect(Math.min(...long)).toBeGreaterThan(0.2);
  expect(Math.max(...long)).toBeLessThan(1.4);
  expect(() => mackeyGlassSignal({ length: 5, delay: 0.05 })).toThrow("delay must be a positive multiple of 0.1, got 0.05");
});
