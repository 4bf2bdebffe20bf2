import type { CellState, Track } from "@unroll/cells";
import { concat, fromTypedArray, zeros, type Tensor } from "@unroll/tensor";

import type { RecurrentOperator } from "./recurrent-operator.js";
import type { Trace } from "./trace.js";

/** A track about to read a sequence. */
export interface RecurrentPass {
  /** `[batch, time, inputSize]` */
  readonly x: Tensor;
  /** Undefined for zeros. */
  readonly state: CellState | undefined;
  /** Real steps of each row, at its beginning, at least one; undefined for all. */
  readonly lengths: Int32Array | undefined;
}

/** What a track gives: the output of each step, `[batch, time, width]`, and the states after the last. */
export interface TrackResult {
  readonly output: Tensor;
  readonly state: CellState;
}

/** Writes one track as one node of a recurrent operator. */
export function writeRecurrentNode(
  trace: Trace,
  { track, operator, pass }: { readonly track: Track; readonly operator: RecurrentOperator; readonly pass: RecurrentPass },
): TrackResult {
  const { cell, place } = track;
  const { hiddenSize } = place;
  const { x, state, lengths } = pass;
  const [batch, time] = x.shape as [number, number, number];
  const stored = (name: string, tensor: Tensor | undefined): Tensor | undefined =>
    tensor &&
    trace.tensor(tensor, trace.graph.initializer(tensor, trace.graph.fresh(`${operator.opType}.${name}${place.suffix}`)));
  const weights = operatorWeights(track, operator);
  const results = trace.node(
    operator.opType,
    [
      x.permute([1, 0, 2]),
      stored("W", weights.w),
      stored("R", weights.r),
      stored("B", weights.b),
      lengths && fromTypedArray(lengths, [lengths.length]),
      ...cell.state.map((name) => state?.[name]?.unsqueeze({ axis: 0 })),
      stored("P", weights.p),
    ],
    {
      attributes: { ...operator.attributes, hidden_size: hiddenSize, direction: place.reverse ? "reverse" : "forward" },
      forms: [
        { shape: [time, 1, batch, hiddenSize], dtype: "float32" },
        ...cell.state.map(() => ({ shape: [1, batch, hiddenSize], dtype: "float32" as const })),
      ],
    },
  );
  const [output, ...states] = results as unknown as [Tensor, ...Tensor[]];
  return {
    output: output.squeeze({ axis: 1 }).permute([1, 0, 2]),
    state: Object.fromEntries(cell.state.map((name, index) => [name, (states[index] as Tensor).squeeze({ axis: 0 })])),
  };
}

// W, R, B and P of one direction, rows in the operator's order; zeros for gates that the cell does not have.
function operatorWeights(
  { parameters, place: { hiddenSize } }: Track,
  { gates, rows, negated, peepholes }: RecurrentOperator,
): { readonly w: Tensor; readonly r: Tensor; readonly b: Tensor | undefined; readonly p: Tensor | undefined } {
  const known = (name: string): Tensor | undefined => parameters.get(name)?.toDense();
  const reordered = (tensor: Tensor): Tensor => {
    const blocks = tensor
      .split(gates.length, { axis: 0 })
      .map((block, index) => (negated.includes(gates[index] as string) ? block.neg() : block));
    return concat(
      rows.map((gate) => blocks[gates.indexOf(gate)] ?? zeros((blocks[0] as Tensor).shape)),
      { axis: 0 },
    );
  };
  const biases = ["biasIh", "biasHh"].map((name) => reordered(known(name) ?? zeros([gates.length * hiddenSize])));
  const holes = peepholes.map((name) => known(name) ?? zeros([hiddenSize]));
  return {
    w: reordered(known("weightIh") as Tensor).unsqueeze({ axis: 0 }),
    r: reordered(known("weightHh") as Tensor).unsqueeze({ axis: 0 }),
    b: parameters.has("biasIh") ? concat(biases, { axis: 0 }).unsqueeze({ axis: 0 }) : undefined,
    p: holes.length === 0 ? undefined : concat(holes, { axis: 0 }).unsqueeze({ axis: 0 }),
  };
}
