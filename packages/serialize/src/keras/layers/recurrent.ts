import { unroll, type Cell, type CellState, type Merge, type SequenceResult, type Track, type Unrolled } from "@unroll/cells";
import type { Tensor } from "@unroll/tensor";

import type { Flow, KerasLayer } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";
import type { LayerWeights } from "../layer-weights.js";
import { assignValues } from "../parameter-values.js";
import { recurrentCell, recurrentClasses } from "../recurrent-cell.js";
import { readRecurrent, recurrentValues, type RecurrentWeights } from "../recurrent-weights.js";

/** SimpleRNN, LSTM or GRU: `[batch, time, in]`, and initial states if any, to the last output or all, and the states if asked for. */
export function recurrentLayer(config: LayerConfig, weights: LayerWeights): KerasLayer {
  const cell = recurrentCell(config);
  const backwards = config.boolean("go_backwards");
  const zeroPadding = config.boolean("zero_output_for_mask");
  if (zeroPadding && !config.boolean("return_sequences"))
    config.refuse("has zero_output_for_mask without return_sequences", "train it without");
  const stored = readRecurrent(weights.part("cell"), sizesOf(config, cell));
  const layer = unrolled(config, cell, stored, { direction: backwards ? "reverse" : "forward", zeroPadding });
  assignValues(recurrentValues(layer.tracks[0] as Track, stored));
  return runnable(config, layer, { outer: config, separate: false, backwards });
}

const merges: ReadonlyMap<unknown, Merge> = /* @__PURE__ */ new Map<unknown, Merge>([
  ["concat", "concat"],
  ["sum", "sum"],
  ["mul", "mul"],
  ["ave", "ave"],
  [undefined, "none"],
]);

// Options in which the two directions of a Bidirectional must agree.
const agreeing = ["units", "use_bias", "reset_after", "dropout", "recurrent_dropout"] as const;

/** Bidirectional of one of the above: both directions merged, or each on its own where `merge_mode` is null. */
export function bidirectionalLayer(config: LayerConfig, weights: LayerWeights): KerasLayer {
  const forward = config.layer("layer");
  if (!recurrentClasses.has(forward.className))
    config.refuse(`runs a ${forward.className}, which is not supported`, `use one of ${[...recurrentClasses].join(", ")}`);
  checkBackward(config, forward);
  const mode = config.has("merge_mode") ? config.value("merge_mode") : "concat";
  const merge =
    merges.get(mode) ?? config.refuse(`has the merge_mode ${JSON.stringify(mode)}`, "use concat, sum, mul, ave or None");
  const cell = recurrentCell(forward);
  const parts = (["forward_layer", "backward_layer"] as const).map((part) =>
    readRecurrent(weights.part(part).part("cell"), sizesOf(forward, cell)),
  );
  // Keras 3 sets this whenever it makes such a layer.
  const zeroPadding =
    config.convention === "keras-3" ? forward.boolean("return_sequences") : forward.boolean("zero_output_for_mask");
  const layer = unrolled(forward, cell, parts[0] as RecurrentWeights, { direction: "bidirectional", merge, zeroPadding });
  layer.tracks.forEach((track, index) => assignValues(recurrentValues(track, parts[index] as RecurrentWeights)));
  return runnable(forward, layer, { outer: config, separate: merge === "none", backwards: false });
}

function checkBackward(config: LayerConfig, forward: LayerConfig): void {
  if (forward.boolean("go_backwards"))
    config.refuse("runs its first layer backwards", "exchange the layer and the backward_layer, both ways");
  if (config.value("backward_layer") === undefined) return;
  const backward = config.layer("backward_layer");
  const differs = agreeing.find((option) => backward.value(option) !== forward.value(option));
  const activations = (["activation", "recurrent_activation"] as const).find(
    (option) => JSON.stringify(backward.value(option)) !== JSON.stringify(forward.value(option)),
  );
  if (backward.className !== forward.className || differs !== undefined || activations !== undefined) {
    const where = backward.className === forward.className ? `in ${differs ?? activations}` : "in class";
    config.refuse(`has a backward_layer that differs from its layer ${where}`, "use two layers and go_backwards=True");
  }
}

const sizesOf = (config: LayerConfig, cell: Cell) =>
  ({
    inputSize: null,
    hiddenSize: config.integer("units"),
    gates: cell.gates.length,
    biases: !config.boolean("use_bias", true) ? 0 : config.className === "GRU" && config.boolean("reset_after") ? 2 : 1,
  }) as const;

interface Way {
  readonly direction: "forward" | "reverse" | "bidirectional";
  readonly merge?: Merge;
  readonly zeroPadding: boolean;
}

function unrolled(
  config: LayerConfig,
  cell: Cell,
  { kernel }: RecurrentWeights,
  { direction, merge, zeroPadding }: Way,
): Unrolled {
  if (config.boolean("time_major")) config.refuse("has time_major, which is not supported", "train it with the batch first");
  return unroll(cell, {
    inputSize: kernel.shape[0] as number,
    hiddenSize: config.integer("units"),
    direction,
    merge: merge ?? "concat",
    paddedOutput: zeroPadding ? "zero" : "repeat",
    inputDropout: config.rate("dropout"),
    recurrentDropout: config.rate("recurrent_dropout"),
  });
}

interface Outputs {
  /** The layer in messages. */
  readonly outer: LayerConfig;
  /** Whether each direction is an output of its own. */
  readonly separate: boolean;
  /** Whether the sequence comes out last step first. */
  readonly backwards: boolean;
}

function runnable(config: LayerConfig, layer: Unrolled, { outer, separate, backwards }: Outputs): KerasLayer {
  const returnsSequences = config.boolean("return_sequences");
  const returnsState = config.boolean("return_state");
  return {
    module: layer,
    run([input, ...initial], carried) {
      if (input === undefined) return outer.refuse("takes an input, got none", "check how the layers are connected");
      const state = initial.length > 0 ? initialStates(outer, layer, initial) : carried;
      // Keras 3 hands a mask on by itself only where the sequence is the one tensor that goes in.
      const unmasked = initial.length > 0 && input.maskIsNamed !== true && outer.convention === "keras-3";
      const result = layer.forward(input.value, { state, mask: unmasked ? undefined : input.mask });
      const turned = backwards ? result.output.flip({ axis: 1 }) : result.output;
      const merged = returnsSequences ? turned : lastOf(layer, result);
      const values = separate ? merged.unstack({ axis: merged.rank - 2 }) : [merged];
      const outputs: Flow[] = values.map((value) => ({ value, mask: returnsSequences ? input.mask : undefined }));
      if (returnsState) outputs.push(...result.state.flatMap((record) => Object.values(record).map((value) => ({ value }))));
      return config.boolean("stateful") ? { outputs, state: result.state } : { outputs };
    },
  };
}

// Keras gives the state where a row has no real step; of both directions, 0.
function lastOf({ cell, tracks }: Unrolled, { last, state }: SequenceResult): Tensor {
  return tracks.length === 1 ? (state[0]?.[cell.state[0] as string] as Tensor) : last;
}

// Keras lists the states by direction, h before c.
function initialStates(config: LayerConfig, { cell, tracks }: Unrolled, given: readonly Flow[]): CellState[] {
  const width = cell.state.length;
  if (given.length !== tracks.length * width)
    config.refuse(`takes ${tracks.length * width} initial states, got ${given.length}`, "check how the layers are connected");
  return tracks.map((_, index) =>
    Object.fromEntries(cell.state.map((name, position) => [name, (given[index * width + position] as Flow).value])),
  );
}
