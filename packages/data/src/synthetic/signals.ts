import type { Generator } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkGenerator } from "../checks/check-generator.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";

/** Length and noise that every random signal shares. */
export interface SignalOptions {
  /** Values to make, one per time step. */
  readonly length: number;
  /** Where the noise comes from; the same generator state gives the same signal. */
  readonly generator: Generator;
  /** Standard deviation of the Gaussian noise added to every value, default 0.1. */
  readonly noise?: number;
  /** Mean of the signal, or its value at step 0 where it has a trend; default 0. */
  readonly level?: number;
}

/**
 * A seasonal signal: `level + amplitude sin(2π (t / period + phase)) + noise`, which repeats after a known, fixed period.
 *
 * Source for the four kinds seasonal, trending, cyclic and random: R. J. Hyndman and G. Athanasopoulos, Forecasting:
 * Principles and Practice, section 2.3, "Time series patterns".
 */
export function seasonalSignal(
  options: SignalOptions & {
    /** Steps after which it repeats. */
    readonly period: number;
    /** Default 1. */
    readonly amplitude?: number;
    /** Part of a period that has passed at step 0, default 0. */
    readonly phase?: number;
  },
): Float64Array {
  checkSignal("seasonalSignal", options);
  const { period, amplitude = 1, phase = 0, level = 0 } = options;
  checkPeriod("seasonalSignal", period);
  return noisy(options, (t) => level + amplitude * Math.sin(2 * Math.PI * (t / period + phase)));
}

/** A trending signal: `level + slope t + noise`, a long-term rise or fall. `slope` is per step. */
export function trendingSignal(options: SignalOptions & { readonly slope: number }): Float64Array {
  checkSignal("trendingSignal", options);
  const { slope, level = 0 } = options;
  return noisy(options, (t) => level + slope * t);
}

/**
 * A cyclic signal: rises and falls without a fixed period, as a second-order autoregression with complex roots,
 * `x(t) = 2 r cos(2π / period) x(t-1) - r² x(t-2) + noise`, started from its noise and run 10 periods before step 0.
 * The cycles last `period` steps on average and are the more regular the closer `damping` r is to 1.
 *
 * Source: G. U. Yule, "On a method of investigating periodicities in disturbed series", Phil. Trans. R. Soc. A 226, 1927.
 *
 * @throws DataError `option` unless 0 < damping < 1 and period > 2.
 */
export function cyclicSignal(
  options: SignalOptions & {
    /** Mean length of a cycle in steps, more than 2. */
    readonly period: number;
    /** Share of a swing that is left a step later, default 0.98. */
    readonly damping?: number;
  },
): Float64Array {
  checkSignal("cyclicSignal", options);
  const { length, generator, noise = 0.1, level = 0, period, damping = 0.98 } = options;
  checkPeriod("cyclicSignal", period);
  if (!(damping > 0 && damping < 1) || period <= 2) {
    fail("option", `cyclicSignal: needs 0 < damping < 1 and period > 2, got damping = ${damping}, period = ${period}`);
  }
  const values = new Float64Array(length);
  let before = 0;
  let last = 0;
  for (let t = -Math.ceil(10 * period); t < length; t++) {
    const next = 2 * damping * Math.cos((2 * Math.PI) / period) * last - damping * damping * before + noise * generator.normal();
    before = last;
    last = next;
    if (t >= 0) values[t] = level + next;
  }
  return values;
}

/** A random signal: `level + noise`, independent Gaussian values that no model can predict better than by their mean. */
export function randomSignal(options: SignalOptions): Float64Array {
  checkSignal("randomSignal", options);
  const { level = 0 } = options;
  return noisy({ ...options, noise: options.noise ?? 1 }, () => level);
}

/** `amplitude sin(2π (t / period + phase))` without noise; `amplitude` defaults to 1 and `phase` to 0. */
export function sineSignal(options: {
  readonly length: number;
  readonly period: number;
  readonly amplitude?: number;
  readonly phase?: number;
}): Float64Array {
  const { length, period, amplitude = 1, phase = 0 } = given(options);
  checkCount("sineSignal", "length", length);
  checkPeriod("sineSignal", period);
  return Float64Array.from({ length }, (_, t) => amplitude * Math.sin(2 * Math.PI * (t / period + phase)));
}

function checkSignal(operation: string, options: SignalOptions): void {
  const { length, generator } = given(options);
  checkCount(operation, "length", length);
  checkGenerator(operation, generator);
}

function noisy({ length, generator, noise = 0.1 }: SignalOptions, value: (t: number) => number): Float64Array {
  const values = new Float64Array(length);
  for (let t = 0; t < length; t++) values[t] = value(t) + noise * generator.normal();
  return values;
}

function checkPeriod(operation: string, period: number): void {
  if (!(period > 0)) fail("option", `${operation}: period must be positive, got ${period}`);
}
