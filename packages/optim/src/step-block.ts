import { scope, type Tensor } from "@unroll/tensor";

import type { Block } from "./block.js";
import type { OptimizerDefinition, UpdateSettings } from "./define-optimizer.js";
import { OptimizerError } from "./error.js";
import { join, part } from "./join.js";
import type { Named, OptimizerState } from "./optimizer.js";

/** What one update works on. */
export interface BlockInputs {
  readonly gradients: Named;
  readonly state: OptimizerState;
  readonly parameters: Named;
  readonly learningRate: number;
}

/** What becomes of the parameters of a block, each in the order of its names. */
export interface BlockOutputs {
  readonly parameters: readonly Tensor[];
  readonly slots: readonly (readonly [slot: string, values: readonly Tensor[]])[];
}

/**
 * One step of the parameters of a block, joined to one vector where they are several.
 *
 * @throws OptimizerError `state` where a slot is missing.
 */
export function stepBlock<O extends UpdateSettings, S extends string>(
  definition: OptimizerDefinition<O, S>,
  { names, settings }: Block<O>,
  { gradients, state, parameters, learningRate }: BlockInputs,
): BlockOutputs {
  const own = names.map((name) => parameters[name] as Tensor);
  const slotOf = (slot: S): Tensor =>
    join(names.map((name) => state.slots[slot]?.[name] ?? missing(definition.name, slot, name)));
  return scope(() => {
    const { parameter, slots } = definition.update({
      parameter: join(own),
      gradient: join(names.map((name) => gradients[name] as Tensor)),
      slots: Object.fromEntries(definition.slots(settings).map((slot) => [slot, slotOf(slot)])) as Record<S, Tensor>,
      step: state.step + 1,
      learningRate,
      settings,
    });
    const shapes = own.map(({ shape }) => shape);
    const moved = part(parameter, shapes);
    return {
      // A parameter gets a storage of its own, as whoever holds it may free it; slots stay where they lie, joined for the next step.
      parameters: names.length === 1 ? moved : moved.map((value) => value.copy()),
      slots: Object.entries<Tensor | undefined>(slots).flatMap(([slot, value]) =>
        value === undefined ? [] : [[slot, part(value, shapes)] as const],
      ),
    };
  });
}

function missing(optimizer: string, slot: string, parameter: string): never {
  throw new OptimizerError(
    "state",
    `${optimizer}: the state needs slot ${slot} for ${parameter}, got none; it may come from another optimizer or model: start from init(parameters)`,
  );
}
