import type { Generator } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";

/** Constants of the Mackey-Glass equation; the defaults are the chaotic series of the literature. */
export interface MackeyGlassOptions {
  /** Values to make. */
  readonly length: number;
  /** Delay τ in units of time, default 17; a multiple of 0.1. */
  readonly delay?: number;
  /** β, default 0.2. */
  readonly production?: number;
  /** γ, default 0.1. */
  readonly decay?: number;
  /** n, default 10. */
  readonly exponent?: number;
  /** Units of time between two values, default 1; a multiple of 0.1. */
  readonly interval?: number;
  /** x(t) for t <= 0, default 1.2. */
  readonly initial?: number;
  /** Values thrown away before the first, until the start is forgotten; default 0. */
  readonly discard?: number;
  /** Where given, moves `initial` by up to 0.1 either way, so that each draw is another stretch of the attractor. */
  readonly generator?: Generator;
}

const stepsPerUnit = 10;

/**
 * The Mackey-Glass series, `dx/dt = β x(t-τ) / (1 + x(t-τ)^n) - γ x(t)`, by the fourth-order Runge-Kutta method with
 * step 0.1; between two steps the delayed value is the mean of its neighbours.
 *
 * Source: M. C. Mackey and L. Glass, "Oscillation and chaos in physiological control systems", Science 197, 1977.
 *
 * @throws DataError `option` when delay or interval is not a positive multiple of 0.1.
 */
export function mackeyGlassSignal(options: MackeyGlassOptions): Float64Array {
  const {
    length,
    delay = 17,
    production = 0.2,
    decay = 0.1,
    exponent = 10,
    interval = 1,
    initial = 1.2,
    discard = 0,
  } = given(options);
  checkCount("mackeyGlassSignal", "length", length);
  checkCount("mackeyGlassSignal", "discard", discard, 0);
  const lag = wholeSteps("delay", delay);
  const stride = wholeSteps("interval", interval);
  const start = options.generator === undefined ? initial : initial + 0.2 * options.generator.uniform() - 0.1;
  // path[i] is x at step i - lag, so that the value one delay back is always there.
  const steps = (discard + length - 1) * stride;
  const path = new Float64Array(lag + steps + 1).fill(start, 0, lag + 1);
  const slope = (x: number, delayed: number): number => (production * delayed) / (1 + delayed ** exponent) - decay * x;
  const h = 1 / stepsPerUnit;
  for (let step = 0; step < steps; step++) {
    const x = path[step + lag] as number;
    const delayed = path[step] as number;
    const delayedNext = path[step + 1] as number;
    const delayedHalf = (delayed + delayedNext) / 2;
    const k1 = slope(x, delayed);
    const k2 = slope(x + (h / 2) * k1, delayedHalf);
    const k3 = slope(x + (h / 2) * k2, delayedHalf);
    const k4 = slope(x + h * k3, delayedNext);
    path[step + lag + 1] = x + (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return Float64Array.from({ length }, (_, index) => path[lag + (discard + index) * stride] as number);
}

function wholeSteps(name: string, time: number): number {
  const steps = Math.round(time * stepsPerUnit);
  if (steps < 1 || Math.abs(steps - time * stepsPerUnit) > 1e-9) {
    fail("option", `mackeyGlassSignal: ${name} must be a positive multiple of ${1 / stepsPerUnit}, got ${time}`);
  }
  return steps;
}
