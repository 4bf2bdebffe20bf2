import { constant, glorotUniform, orthogonal, perBlock, type ParameterSpec } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { CellError } from "./error.js";
import { showValue } from "./show-value.js";

/** The state of one layer in one direction: named tensors `[batch, width]`. A value that goes in and comes out. */
export type CellState = Readonly<Record<string, Tensor>>;

/** Widths of a layer. */
export interface CellSizes {
  readonly inputSize: number;
  readonly hiddenSize: number;
}

/** What one step gives: its output `[batch, outputSize]` and the next state. */
export interface StepResult<S extends string = string> {
  readonly output: Tensor;
  readonly state: Readonly<Record<S, Tensor>>;
  /** Activations of the gates `[batch, hiddenSize]` by name, for whoever watches; see `trace`. */
  readonly gates?: Readonly<Record<string, Tensor>>;
}

/** The weights most cells have: all gates stacked in rows, G gates of H rows each. */
export interface GateWeights {
  /** `[G*H, inputSize]` */
  readonly weightIh: Tensor;
  /** `[G*H, width of the first state]` */
  readonly weightHh: Tensor;
  /** `[G*H]` */
  readonly biasIh: Tensor;
  /** `[G*H]` */
  readonly biasHh: Tensor;
}

/** A recurrent cell: one step, as data. */
export interface Cell {
  readonly name: string;
  /** Gates in the order of their blocks of rows. */
  readonly gates: readonly string[];
  /** Names of the state tensors. */
  readonly state: readonly string[];
  /** Width of each state tensor. */
  stateSizes(sizes: CellSizes): Readonly<Record<string, number>>;
  /** Width of the output. */
  outputSize(sizes: CellSizes): number;
  /** What a layer of these sizes learns, by camelCase name. */
  parameters(sizes: CellSizes): Readonly<Record<string, ParameterSpec>>;
  step(parameters: Readonly<Record<string, Tensor>>, x: Tensor, state: CellState): StepResult;
}

/** What {@link defineCell} takes. */
export interface CellDefinition<S extends string, W> {
  readonly name: string;
  /** Default one block, named after the cell. */
  readonly gates?: readonly string[];
  readonly state: readonly S[];
  /** Widths of the states that are not `hiddenSize` wide. */
  readonly stateSizes?: (sizes: CellSizes) => Partial<Readonly<Record<S, number>>>;
  /** Width of the output where it is not that of the first state. */
  readonly outputSize?: (sizes: CellSizes) => number;
  /** Parameters beside the four of {@link GateWeights}, or others in their place; undefined leaves one of the four out. */
  readonly parameters?: (sizes: CellSizes) => Readonly<Record<string, ParameterSpec | undefined>>;
  /** One step, in tensor methods only: no reading of elements, no branching on them. */
  readonly step: (parameters: W, x: Tensor, state: Readonly<Record<S, Tensor>>) => StepResult<S>;
}

/**
 * Makes a cell out of its step. Input weights start Glorot-uniform and recurrent ones orthogonal per gate, biases 0.
 *
 * @throws CellError `option` for a definition of other types; where a layer is made, for a parameter without shape or initializer.
 * @example
 * const elman = defineCell({
 *   name: "elman",
 *   state: ["h"],
 *   step({ weightIh, weightHh, biasIh }, x, { h }) {
 *     const next = x.matmul(weightIh.transpose()).add(h.matmul(weightHh.transpose())).add(biasIh).tanh();
 *     return { output: next, state: { h: next } };
 *   },
 * });
 */
export function defineCell<S extends string, W = GateWeights & Readonly<Record<string, Tensor>>>(
  definition: CellDefinition<S, W>,
): Cell {
  checkDefinition(definition);
  const { name, state, step } = definition;
  const gates = definition.gates ?? [name];
  const stateSizes = (sizes: CellSizes): Record<string, number> => {
    const own: Partial<Readonly<Record<string, number>>> = definition.stateSizes?.(sizes) ?? {};
    return Object.fromEntries(state.map((key) => [key, own[key] ?? sizes.hiddenSize]));
  };
  const recurrentSize = (sizes: CellSizes): number => stateSizes(sizes)[state[0] as string] ?? sizes.hiddenSize;
  return {
    name,
    gates,
    state,
    stateSizes,
    outputSize: definition.outputSize ?? recurrentSize,
    parameters(sizes) {
      const rows = gates.length * sizes.hiddenSize;
      const specs: Record<string, ParameterSpec | undefined> = {
        weightIh: { shape: [rows, sizes.inputSize], initializer: perBlock(glorotUniform, gates.length) },
        weightHh: { shape: [rows, recurrentSize(sizes)], initializer: perBlock(orthogonal, gates.length) },
        biasIh: { shape: [rows], initializer: constant(0) },
        biasHh: { shape: [rows], initializer: constant(0) },
        ...definition.parameters?.(sizes),
      };
      const own = Object.entries(specs).filter((entry): entry is [string, ParameterSpec] => entry[1] !== undefined);
      for (const [key, { shape, initializer }] of own) {
        if (Array.isArray(shape) && typeof initializer === "function") continue;
        throw new CellError(
          "option",
          `defineCell: parameter ${key} of ${name} needs a shape [...] and an initializer such as constant(0), got ${showValue(shape)} and ${showValue(initializer)}`,
        );
      }
      return Object.fromEntries(own);
    },
    step: step as unknown as Cell["step"],
  };
}

function checkDefinition(definition: { readonly [K in keyof CellDefinition<string, never>]?: unknown }): void {
  const check = (fits: boolean, part: keyof typeof definition, rule: string): void => {
    if (fits) return;
    const got = showValue(definition[part]);
    throw new CellError("option", `defineCell: ${part} of ${showValue(definition.name)} must be ${rule}, got ${got}`);
  };
  const { name, state, step } = definition;
  check(typeof name === "string", "name", "a string");
  const areNames = Array.isArray(state) && state.every((key) => typeof key === "string") && new Set(state).size === state.length;
  check(areNames, "state", 'a list of different names, such as ["h"]');
  check(typeof step === "function", "step", "a function");
  for (const part of ["stateSizes", "outputSize", "parameters"] as const)
    check(["function", "undefined"].includes(typeof definition[part]), part, "a function of the sizes");
}

/** Another state of the same names. */
export function mapState(state: CellState, change: (tensor: Tensor, name: string) => Tensor): CellState {
  return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, change(tensor, name)]));
}
