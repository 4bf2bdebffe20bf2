import {
  gru,
  lstm,
  rnn,
  unroll,
  type Cell,
  type SequenceOptions,
  type SequenceResult,
  type Track,
  type Unrolled,
} from "@unroll/cells";
import { concat, fromTypedArray, stack, type Tensor } from "@unroll/tensor";

import { Traced, type Trace } from "./trace.js";

interface RecurrentOperator {
  readonly opType: "RNN" | "GRU" | "LSTM";
  /** ONNX's order of gates, as positions in ours. */
  readonly gates: readonly number[];
  readonly attributes: Readonly<Record<string, number>>;
}

const operatorOf: ReadonlyMap<Cell, RecurrentOperator> = /* @__PURE__ */ new Map<Cell, RecurrentOperator>([
  [rnn, { opType: "RNN", gates: [0], attributes: {} }],
  [gru, { opType: "GRU", gates: [1, 0, 2], attributes: { linear_before_reset: 1 } }],
  [lstm, { opType: "LSTM", gates: [0, 3, 1, 2], attributes: {} }],
]);

/** A pass of a stack over a sequence, traced step by step. */
export interface TracedPass {
  readonly layer: Unrolled;
  readonly x: Tensor;
  readonly options: SequenceOptions;
  readonly result: SequenceResult;
}

/**
 * Writes a stack of `rnn`, `lstm` or `gru` as one recurrent operator per layer. Anything else, from a cell of one's own to a
 * mask, stays as its steps have been traced: longer, and as correct.
 *
 * @returns What writes it and gives the same values under other names, or undefined where there is no such operator.
 */
export function recurrentNodes(trace: Trace, pass: TracedPass): (() => SequenceResult) | undefined {
  const operator = operatorOf.get(pass.layer.cell);
  if (operator === undefined || pass.options.mask !== undefined || pass.options.onStep !== undefined || !isPlain(pass))
    return undefined;
  return () => writeStack(trace, pass, operator);
}

function writeStack(
  trace: Trace,
  { layer, x, options: { state, lengths }, result }: TracedPass,
  operator: RecurrentOperator,
): SequenceResult {
  const { graph } = trace;
  const { cell, hiddenSize, tracks } = layer;
  const [batch, time] = x.shape as [number, number, number];
  const directions = tracks.filter(({ place }) => place.layer === 0).length;
  const direction = directions === 2 ? "bidirectional" : tracks[0]?.place.reverse === true ? "reverse" : "forward";
  const counts = lengths === undefined ? "" : graph.initializer(fromTypedArray(lengths, [lengths.length]));
  const states: Record<string, Tensor>[] = tracks.map(() => ({}));
  const ends: string[] = [];
  let sequence = graph.one("Transpose", [trace.nameOf(x)], { perm: [1, 0, 2] });
  const layerOutputs = result.layerOutputs.map((output, index) => {
    const first = index * directions;
    const own = tracks.slice(first, first + directions);
    const initial = cell.state.map((name) => {
      if (state === undefined) return "";
      const rows = own.map((_, which) => state[first + which]?.[name] as Tensor);
      return trace.nameOf(stack(rows, { axis: 0 }));
    });
    const weights = onnxWeights(own, operator).map((tensor) => graph.initializer(tensor.toDense()));
    const attributes = { ...operator.attributes, hidden_size: hiddenSize, direction };
    const [y = "", ...last] = graph.node(
      operator.opType,
      [sequence, ...weights, counts, ...initial],
      attributes,
      1 + cell.state.length,
    );
    const beside = graph.one("Transpose", [y], { perm: [0, 2, 1, 3] });
    sequence = graph.one("Reshape", [beside, graph.integers([time, batch, directions * hiddenSize])]);
    cell.state.forEach((name, position) => {
      const parts = graph.node("Split", [last[position] as string, graph.integers(own.map(() => 1))], { axis: 0 }, directions);
      parts.forEach((part, which) => {
        const flat = graph.one("Reshape", [part, graph.integers([batch, hiddenSize])]);
        (states[first + which] as Record<string, Tensor>)[name] = named(
          trace,
          result.state[first + which]?.[name] as Tensor,
          flat,
        );
        if (position === 0) ends.push(flat);
      });
    });
    return named(trace, output, graph.one("Transpose", [sequence], { perm: [1, 0, 2] }));
  });
  const last = graph.one("Concat", ends.slice(-directions), { axis: 1 });
  return { output: layerOutputs.at(-1) as Tensor, last: named(trace, result.last, last), state: states, layerOutputs };
}

function named(trace: Trace, value: Tensor, name: string): Traced {
  return new Traced(value.toDense(), trace, name);
}

// W, R and B of one layer, both directions.
function onnxWeights(tracks: readonly Track[], { gates }: RecurrentOperator): Tensor[] {
  const reordered = (track: Track, name: string): Tensor => {
    const blocks = (track.parameters.get(name) as Tensor).toDense().split(gates.length, { axis: 0 });
    return concat(
      gates.map((gate) => blocks[gate] as Tensor),
      { axis: 0 },
    );
  };
  const stacked = (of: (track: Track) => Tensor): Tensor => stack(tracks.map(of), { axis: 0 });
  return [
    stacked((track) => reordered(track, "weightIh")),
    stacked((track) => reordered(track, "weightHh")),
    stacked((track) => concat([reordered(track, "biasIh"), reordered(track, "biasHh")], { axis: 0 })),
  ];
}

// A stack without further options computes the same: no merge, connection, learned state or zoneout of its own.
function isPlain({ layer, x, options: { state, lengths }, result }: TracedPass): boolean {
  const { tracks, cell, inputSize, hiddenSize } = layer;
  const layers = Math.max(...tracks.map(({ place }) => place.layer)) + 1;
  const [first, second] = tracks as [Track, Track | undefined];
  const direction = second?.place.layer === 0 ? "bidirectional" : first.place.reverse ? "reverse" : "forward";
  const same = tracks.every((track) => track.cell === cell && track.place.hiddenSize === hiddenSize);
  if (!same || layer.outputSize !== hiddenSize * (direction === "bidirectional" ? 2 : 1)) return false;
  const plain = unroll(cell, { inputSize, hiddenSize, layers, direction });
  const values = layer.stateDict();
  if ([...plain.parameters().keys()].join() !== Object.keys(values).join()) return false;
  const { output } = plain.loadStateDict(values).forward(x.toDense(), {
    state: state?.map((record) => Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, tensor.toDense()]))),
    lengths,
  });
  return output.shape.join() === result.output.shape.join() && output.sub(result.output.toDense()).abs().sum().item() === 0;
}
