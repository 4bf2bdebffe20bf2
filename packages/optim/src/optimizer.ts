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
  update(gradients: Named, state: S, parameters: Named): Updated<S>;
}

/** The tensors of one optimizer state, by slot and parameter name, and the number of updates so far. */
export interface OptimizerState {
  /** Updates done. */
  readonly step: number;
  /** For each slot (as `m`, `v`), a tensor per parameter. */
  readonly slots: Readonly<Record<string, Named>>;
}

/** Another tensor under each name. */
export function mapNamed(named: Named, change: (tensor: Tensor, name: string) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(named).map(([name, tensor]) => [name, change(tensor, name)]));
}
