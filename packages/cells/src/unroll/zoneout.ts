import { where, type Tensor } from "@unroll/tensor";

import type { CellState, StepResult } from "../cell.js";
import type { Step } from "./run-layer.js";

/** Probability of each state, by name, to stay as it was. */
export type Zoneout = Readonly<Record<string, number>>;

/** Uniform numbers in 0..1 that decide over each element of a state. */
export type ZoneoutDraw = (name: string, fresh: Tensor) => Tensor;

/** The states that zoneout touches, in the order in which they draw. */
export function zonedStates(zoneout: Zoneout | undefined): string[] {
  return Object.entries(zoneout ?? {}).flatMap(([name, rate]) => (rate > 0 ? [name] : []));
}

/**
 * Zoneout (Krueger et al. 2017): every unit of a state keeps its old value with the probability given for that state, drawn at
 * every step. Without draws, the expectation of that: `rate * old + (1 - rate) * new`.
 */
export function withZoneout(step: Step, zoneout: Zoneout, draw: ZoneoutDraw | undefined): Step {
  return (x, state) => {
    const next = step(x, state);
    const zoned = zonedStates(zoneout).map((name) => {
      const rate = zoneout[name] as number;
      const old = state[name] as Tensor;
      const fresh = next.state[name] as Tensor;
      if (draw === undefined) return [name, fresh.add(old.sub(fresh).mul(rate))] as const;
      return [name, where(draw(name, fresh).less(rate), old, fresh)] as const;
    });
    return follow(next, { ...next.state, ...Object.fromEntries(zoned) });
  };
}

/** A step's result with another state; where the output was one of the states, it becomes that state. */
function follow(result: StepResult, state: CellState): StepResult {
  const source = Object.keys(state).find((name) => result.state[name] === result.output);
  return { ...result, state, output: source === undefined ? result.output : (state[source] as Tensor) };
}
