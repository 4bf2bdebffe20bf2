import { canCompile, fuse, type ElementFunction, type FusedFunction } from "@unroll/compile";
import { empty, scope, type DenseTensor, type Tensor } from "@unroll/tensor";

import type { Block } from "./block.js";
import { checkFits } from "./check-tensors.js";
import type { OptimizerDefinition, UpdateSettings } from "./define-optimizer.js";
import { OptimizerError } from "./error.js";
import { join, part, windowsOf } from "./join.js";
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
 * One step of the parameters of a block: where the rule and the backend allow it in one pass over memory, else by its operations, on one
 * vector where the parameters are several.
 *
 * @throws OptimizerError `state` where a slot is missing or is not like its parameter.
 */
export function stepBlock<O extends UpdateSettings, S extends string, C extends string>(
  definition: OptimizerDefinition<O, S, C>,
  { names, settings }: Block<O>,
  { gradients, state, parameters, learningRate }: BlockInputs,
): BlockOutputs {
  const kept = definition.slots(settings);
  const block: BlockUpdate<O, S, C> = {
    parameters: names.map((name) => parameters[name] as Tensor),
    gradients: names.map((name) => gradients[name] as Tensor),
    slots: named(
      kept,
      kept.map((slot) =>
        names.map((name) => {
          const value = state.slots[slot]?.[name] ?? missing(definition.name, slot, name);
          checkFits(value, parameters[name] as Tensor, { optimizer: definition.name, name, slot });
          return value;
        }),
      ),
    ),
    learningRate,
    coefficients: definition.coefficients?.({ step: state.step + 1, learningRate, settings }) ?? ({} as Record<C, number>),
    settings,
  };
  return scope(() => stepInOnePass(definition, block) ?? stepTogether(definition, block));
}

// A block at one update: parameters one by one.
interface BlockUpdate<O, S extends string, C extends string> {
  readonly parameters: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  readonly slots: Readonly<Record<S, readonly Tensor[]>>;
  readonly learningRate: number;
  readonly coefficients: Readonly<Record<C, number>>;
  readonly settings: O;
}

// A rule as one pass over memory, and the slots it gives.
interface FusedRule<S extends string> {
  readonly pass: FusedFunction | undefined;
  readonly given: readonly S[];
}

// By settings, which belong to one optimizer.
const fusedRules = new WeakMap<object, FusedRule<string>>();

function stepInOnePass<O extends UpdateSettings, S extends string, C extends string>(
  definition: OptimizerDefinition<O, S, C>,
  block: BlockUpdate<O, S, C>,
): BlockOutputs | undefined {
  const { parameters, gradients, slots, settings } = block;
  if (definition.elementwise !== true || !canCompile() || parameters.some(({ dtype }) => dtype !== "float32")) return undefined;
  let rule = fusedRules.get(settings);
  if (rule === undefined) fusedRules.set(settings, (rule = fuseRule(definition, block)));
  const { pass, given } = rule as FusedRule<S>;
  if (pass === undefined) return undefined;
  const numbers = [block.learningRate, ...Object.values<number>(block.coefficients)];
  const shapes = parameters.map(({ shape }) => shape);
  const size = parameters.reduce((sum, parameter) => sum + parameter.size, 0);
  // A parameter gets a storage of its own, as whoever holds it may free it; slots lie in one.
  const moved = shapes.map((shape) => empty(shape, "float32"));
  const after = given.map((slot) => [slot, windowsOf(empty([size], "float32"), shapes)] as const);
  const kept = Object.values<readonly Tensor[]>(slots);
  for (let index = 0; index < parameters.length; index++) {
    const tensors = [parameters, gradients, ...kept].map((values) => values[index] as Tensor);
    const into = [moved, ...after.map(([, values]) => values)].map((values) => values[index] as DenseTensor);
    if (pass.run(tensors, { numbers, into }) === undefined) return undefined;
  }
  return { parameters: moved, slots: after };
}

function fuseRule<O extends UpdateSettings, S extends string, C extends string>(
  definition: OptimizerDefinition<O, S, C>,
  { slots, coefficients, settings }: BlockUpdate<O, S, C>,
): FusedRule<S> {
  const kept = Object.keys(slots) as S[];
  const changing = Object.keys(coefficients) as C[];
  let given: S[] = [];
  const rule: ElementFunction = ([parameter, gradient, ...values], [learningRate, ...numbers]) => {
    const after = definition.update({
      parameter: parameter as Tensor,
      gradient: gradient as Tensor,
      slots: named(kept, values),
      learningRate: learningRate as Tensor,
      coefficients: named(changing, numbers),
      settings,
    });
    given = kept.filter((slot) => after.slots[slot] !== undefined);
    return [after.parameter, ...given.map((slot) => after.slots[slot] as Tensor)];
  };
  const pass = fuse(rule, { tensors: 2 + kept.length, numbers: 1 + changing.length });
  return { pass, given };
}

function stepTogether<O extends UpdateSettings, S extends string, C extends string>(
  definition: OptimizerDefinition<O, S, C>,
  { parameters, gradients, slots, ...rest }: BlockUpdate<O, S, C>,
): BlockOutputs {
  const names = Object.keys(slots) as S[];
  const after = definition.update({
    ...rest,
    parameter: join(parameters),
    gradient: join(gradients),
    slots: named(
      names,
      names.map((slot) => join(slots[slot])),
    ),
  });
  const shapes = parameters.map(({ shape }) => shape);
  const moved = part(after.parameter, shapes);
  return {
    parameters: shapes.length === 1 ? moved : moved.map((value) => value.copy()),
    slots: Object.entries<Tensor | undefined>(after.slots).flatMap(([slot, value]) =>
      value === undefined ? [] : [[slot, part(value, shapes)] as const],
    ),
  };
}

function named<K extends string, V>(names: readonly K[], values: readonly V[]): Record<K, V> {
  const found: Partial<Record<K, V>> = {};
  names.forEach((name, index) => (found[name] = values[index] as V));
  return found as Record<K, V>;
}

function missing(optimizer: string, slot: string, parameter: string): never {
  throw new OptimizerError(
    "state",
    `${optimizer}: the state needs slot ${slot} for ${parameter}, got none; it may come from another optimizer or model: start from init(parameters)`,
  );
}
