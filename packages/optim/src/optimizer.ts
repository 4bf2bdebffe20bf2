import type { Tensor } from "@unroll/tensor";

/** Tensors by parameter name. */
export type Named = Readonly<Record<string, Tensor>>;

/** What an update gives: new parameters and the optimizer's new state. */
export interface Updated<S> {
  readonly parameters: Record<string, Tensor>;
  readonly state: S;
}

/** A rule that turns gradients into new parameters. It holds nothing: its state is a plain value that goes in and comes out. */
export interface Optimizer<S> {
  readonly name: string;
  /** The state before the first update. */
  init(parameters: Named): S;
  /**
   * One step. A parameter without a gradient stays as it is; a gradient has the name, shape and dtype of its parameter.
   */
  update(gradients: Named, state: S, parameters: Named): Updated<S>;
  /** The learning rate of the next update, outside parameter groups. */
  learningRate?(state: S): number;
  /** Hears a validation loss, where the rule adapts to it; see `reduceOnPlateau`. */
  observe?(state: S, loss: number): S;
}

/** Where `reduceOnPlateau` stands. */
export interface PlateauState {
  /** Factor on every learning rate. */
  readonly scale: number;
  /** Lowest loss so far; Infinity before the first. */
  readonly best: number;
  /** Losses heard since then. */
  readonly waited: number;
}

/** The tensors of one optimizer state, by slot and parameter name, and the number of updates so far. */
export interface OptimizerState {
  /** Updates done. */
  readonly step: number;
  /** For each slot (as `m`, `v`), a tensor per parameter. */
  readonly slots: Readonly<Record<string, Named>>;
  /** Only under `reduceOnPlateau`. */
  readonly plateau?: PlateauState;
}

/** Another tensor under each name. */
export function mapNamed(named: Named, change: (tensor: Tensor, name: string) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(named).map(([name, tensor]) => [name, change(tensor, name)]));
}
