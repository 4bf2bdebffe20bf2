import type { Track } from "@unroll/cells";
import { concat, zeros, type Tensor } from "@unroll/tensor";

import type { LayerWeights } from "./layer-weights.js";
import type { ParameterValues } from "./parameter-values.js";

/** Keras's order of gates, as positions in ours: i f c o is the same, z r h is r z n with the first two exchanged. */
const gateOrders: ReadonlyMap<string, readonly number[]> = /* @__PURE__ */ new Map([
  ["rnn", [0]],
  ["lstm", [0, 1, 2, 3]],
  ["gru", [1, 0, 2]],
]);

/** Names of the cells that Keras has too. */
export const kerasCells: readonly string[] = /* @__PURE__ */ [...gateOrders.keys()];

/** Sizes of a recurrent layer of Keras. */
export interface RecurrentSizes {
  /** Null where only the weights tell. */
  readonly inputSize: number | null;
  readonly hiddenSize: number;
  /** Number of gates. */
  readonly gates: number;
  /** Rows of the bias: 2 of a GRU with `reset_after`, else 1; 0 without bias. */
  readonly biases: 0 | 1 | 2;
}

/** Weights of a recurrent layer as Keras has them: gates side by side in columns. */
export interface RecurrentWeights {
  /** `[input, G*H]` */
  readonly kernel: Tensor;
  /** `[H, G*H]` */
  readonly recurrentKernel: Tensor;
  /** `[G*H]`, or `[2, G*H]`: of the input and of the state. */
  readonly bias: Tensor | undefined;
}

/** @throws SerializeError `format` unless there are those weights in those shapes */
export function readRecurrent(weights: LayerWeights, { inputSize, hiddenSize, gates, biases }: RecurrentSizes): RecurrentWeights {
  const columns = gates * hiddenSize;
  const shapes = { kernel: [inputSize, columns], recurrent_kernel: [hiddenSize, columns] };
  const found: { readonly kernel: Tensor; readonly recurrent_kernel: Tensor; readonly bias?: Tensor } =
    biases === 0 ? weights.read(shapes) : weights.read({ ...shapes, bias: biases === 1 ? [columns] : [biases, columns] });
  return { kernel: found.kernel, recurrentKernel: found.recurrent_kernel, bias: found.bias };
}

/** What a track takes from Keras's weights; its cell is an `rnn`, `lstm` or `gru` of the same sizes. */
export function recurrentValues(
  { cell, parameters }: Track,
  { kernel, recurrentKernel, bias }: RecurrentWeights,
): ParameterValues {
  const order = gateOrders.get(cell.name) as readonly number[];
  const ours = (columns: Tensor): Tensor => {
    const blocks = columns.split(order.length, { axis: -1 });
    return concat(
      order.map((gate) => blocks[gate] as Tensor),
      { axis: -1 },
    );
  };
  const values: Record<string, Tensor> = { weightIh: ours(kernel).transpose(), weightHh: ours(recurrentKernel).transpose() };
  if (bias !== undefined) {
    const [ofInput, ofState] = bias.rank === 2 ? (bias.unstack({ axis: 0 }) as [Tensor, Tensor]) : [bias, zeros(bias.shape)];
    values["biasIh"] = ours(ofInput);
    values["biasHh"] = ours(ofState);
  }
  return [...parameters].map(([name, parameter]) => [parameter, values[name] as Tensor]);
}
