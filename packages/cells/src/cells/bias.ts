import type { GateWeights } from "../cell.js";

/** Biases of a cell: none, one on the input side (`bias_ih`, as Keras), or one on each side (`bias_ih` and `bias_hh`, as PyTorch). */
export type Bias = "none" | "single" | "double";

/** Every {@link Bias}. */
export const biases: readonly Bias[] = ["none", "single", "double"];

/** The weights of a cell whose biases are an option. */
export type OptionallyBiased = Omit<GateWeights, "biasIh" | "biasHh"> & Partial<Pick<GateWeights, "biasIh" | "biasHh">>;

/** Takes the biases that this option does not have out of a cell's parameters. */
export function leftOutBiases(bias: Bias): Readonly<Record<string, undefined>> {
  if (bias === "double") return {};
  return bias === "single" ? { biasHh: undefined } : { biasIh: undefined, biasHh: undefined };
}
