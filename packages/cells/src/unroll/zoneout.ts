import { uniform, where, type Generator, type Tensor } from "@unroll/tensor";

import type { CellState, StepResult } from "../cell.js";
import type { Step } from "./run-layer.js";

/** Probability of each state, by name, to stay as it was. */
export type Zoneout = Readonly<Record<string, number>>;

/**
 * Zoneout (Krueger et al. 2017): every unit of a state keeps its old value with the probability given for that state, drawn at
 * every step. Without a generator, the expectation of that: `rate * old + (1 - rate) * new`.
 */
export function withZoneout(step: Step, zoneout: Zoneout, generator: Generator | undefined): Step {
  return (x, state) => {
    const next = step(x, state);
    const zoned = Object.entries(next.state).map(([name, fresh]) => {
      const rate = zoneout[name] ?? 0;
      const old = state[name] as Tensor;
      if (rate === 0) return [name, fresh] as const;
      if (generator === undefined) return [name, fresh.add(old.sub(fresh).mul(rate))] as const;
      return [name, where(uniform(fresh.shape, { generator }).less(rate), old, fresh)] as const;
    });
    return follow(next, Object.fromEntries(zoned));
  };
}

/** A step's result with another state; where the output was one of the states, it becomes that state. */
function follow(result: StepResult, state: CellState): StepResult {
  const source = Object.keys(state).find((name) => result.state[name] === result.output);
  return { ...result, state, output: source === undefined ? result.output : (state[source] as Tensor) };
}
