import { constant, glorotUniform, orthogonal, perBlock, type ParameterSpec } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

/** The state of one layer in one direction: named tensors `[batch, hiddenSize]`. A value that goes in and comes out. */
export type CellState = Readonly<Record<string, Tensor>>;

/** Widths of a layer. */
export interface CellSizes {
  readonly inputSize: number;
  readonly hiddenSize: number;
}

/** What one step gives: its output `[batch, hiddenSize]` and the next state. */
export interface StepResult<S extends string> {
  readonly output: Tensor;
  readonly state: Readonly<Record<S, Tensor>>;
}

/** The weights most cells have: all gates stacked in rows, G gates of H rows each. */
export interface GateWeights {
  /** `[G*H, inputSize]` */
  readonly weightIh: Tensor;
  /** `[G*H, H]` */
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
  /** What a layer of these sizes learns, by camelCase name. */
  parameters(sizes: CellSizes): Readonly<Record<string, ParameterSpec>>;
  step(parameters: Readonly<Record<string, Tensor>>, x: Tensor, state: CellState): StepResult<string>;
}

/** What {@link defineCell} takes. */
export interface CellDefinition<S extends string, P> {
  readonly name: string;
  /** Default one block, named after the cell. */
  readonly gates?: readonly string[];
  readonly state: readonly S[];
  /** Parameters other than the four of {@link GateWeights}, or other initial values of those. */
  readonly parameters?: (sizes: CellSizes) => Readonly<Record<string, ParameterSpec>>;
  /** One step, in tensor methods only: no reading of elements, no branching on them. */
  readonly step: (parameters: GateWeights & P, x: Tensor, state: Readonly<Record<S, Tensor>>) => StepResult<S>;
}

/**
 * Makes a cell out of its step. Input weights start Glorot-uniform and recurrent ones orthogonal per gate, biases 0.
 *
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
export function defineCell<S extends string, P = Readonly<Record<string, Tensor>>>(definition: CellDefinition<S, P>): Cell {
  const { name, state, step } = definition;
  const gates = definition.gates ?? [name];
  return {
    name,
    gates,
    state,
    parameters(sizes) {
      const rows = gates.length * sizes.hiddenSize;
      return {
        weightIh: { shape: [rows, sizes.inputSize], initializer: perBlock(glorotUniform, gates.length) },
        weightHh: { shape: [rows, sizes.hiddenSize], initializer: perBlock(orthogonal, gates.length) },
        biasIh: { shape: [rows], initializer: constant(0) },
        biasHh: { shape: [rows], initializer: constant(0) },
        ...definition.parameters?.(sizes),
      };
    },
    step: step as unknown as Cell["step"],
  };
}
