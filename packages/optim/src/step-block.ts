import { fuse } from "@unroll/compile";
import { scope, type Tensor } from "@unroll/tensor";

import type { Block } from "./block.js";
import type { OptimizerDefinition, ParameterUpdate, UpdateSettings } from "./define-optimizer.js";
import { OptimizerError } from "./error.js";
import { join, part } from "./join.js";
import type { Named, OptimizerState } from "./optimizer.js";

// Following a rule takes as long as its operations on so many elements.
const leastFused = 8192;

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
    const kept = Object.fromEntries(definition.slots(settings).map((slot) => [slot, slotOf(slot)])) as Record<S, Tensor>;
    const inputs = { parameter: join(own), gradient: join(names.map((name) => gradients[name] as Tensor)) };
    const { parameter, slots } = updateBlock(definition, {
      ...inputs,
      slots: kept,
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

// As one pass over memory, where the rule and the backend allow it.
function updateBlock<O extends UpdateSettings, S extends string>(
  definition: OptimizerDefinition<O, S>,
  update: ParameterUpdate<O, S>,
): ReturnType<OptimizerDefinition<O, S>["update"]> {
  const { parameter, gradient, slots } = update;
  if (definition.elementwise !== true || parameter.size < leastFused) return definition.update(update);
  const kept = Object.keys(slots) as S[];
  let given: S[] = [];
  const fused = fuse(
    (p, g, ...values) => {
      const after = definition.update({ ...update, parameter: p, gradient: g, slots: named(kept, values) });
      given = kept.filter((slot) => after.slots[slot] !== undefined);
      return [after.parameter, ...given.map((slot) => after.slots[slot] as Tensor)];
    },
    [parameter, gradient, ...kept.map((slot) => slots[slot])],
  );
  if (fused === undefined) return definition.update(update);
  const [moved, ...values] = fused;
  return { parameter: moved as Tensor, slots: named(given, values) };
}

function named<S extends string>(slots: readonly S[], values: readonly Tensor[]): Record<S, Tensor> {
  const found: Partial<Record<S, Tensor>> = {};
  slots.forEach((slot, index) => (found[slot] = values[index]));
  return found as Record<S, Tensor>;
}

function missing(optimizer: string, slot: string, parameter: string): never {
  throw new OptimizerError(
    "state",
    `${optimizer}: the state needs slot ${slot} for ${parameter}, got none; it may come from another optimizer or model: start from init(parameters)`,
  );
}
