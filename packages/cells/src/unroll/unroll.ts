import { dropoutMask, lookupOf, Module } from "@unroll/nn";
import { promote, Tensor, where, type DType } from "@unroll/tensor";

import type { Cell, CellState } from "../cell.js";
import { CellError } from "../error.js";
import { showValue } from "../show-value.js";
import { Layer, type LayerOutputs, type StepEvent } from "./layer.js";
import { StepMask } from "./step-mask.js";
import type { Track } from "./track.js";
import type { SequenceLookup } from "./run-compiled.js";
import { planLayers, type UnrollOptions } from "./unroll-options.js";

/** What goes in beside the sequence. */
export interface SequenceOptions {
  /** One state per layer and direction, as {@link SequenceResult.state}; zeros, or what was learned, when left out. */
  readonly state?: readonly CellState[] | undefined;
  /** Real steps of each row, at its beginning, in no other type; all when left out. */
  readonly lengths?: Int32Array | undefined;
  /** In place of lengths: `[batch, time]`, true at real steps, wherever they stand. */
  readonly mask?: Tensor | undefined;
  /** Called after every step of every layer. */
  readonly onStep?: ((event: StepEvent) => void) | undefined;
}

/** What a pass over a sequence gives. */
export interface SequenceResult {
  /** `[batch, time, outputSize]`; where a row does not run, what `paddedOutput` says. */
  readonly output: Tensor;
  /** `[batch, outputSize]`: of each direction, the output at the last real step that it read; 0 for a row without. */
  readonly last: Tensor;
  /** State after each row's last real step, per layer and direction: layer 0 forward, layer 0 reverse, layer 1 … */
  readonly state: readonly CellState[];
  /** Output of each layer; that of the last is `output`. */
  readonly layerOutputs: readonly Tensor[];
}

/** A stack of layers of cells, run over time. Made by {@link unroll}. */
export class Unrolled extends Module {
  /** The cell of every layer that does not have its own. */
  readonly cell: Cell;
  readonly inputSize: number;
  /** Width of every layer that does not have its own. */
  readonly hiddenSize: number;
  /** Width of the output. */
  readonly outputSize: number;
  /** One per layer and direction: layer 0 forward, layer 0 reverse, layer 1 … */
  readonly tracks: readonly Track[];
  readonly #layers: readonly Layer[];
  /** As it was built. */
  readonly options: UnrollOptions;

  /** @throws CellError `option` */
  constructor(cell: Cell, options: UnrollOptions) {
    super();
    this.cell = cell;
    this.inputSize = options.inputSize;
    this.hiddenSize = options.hiddenSize;
    this.options = options;
    let inputSize = options.inputSize;
    this.#layers = planLayers(cell, options).map((plan, layer) => {
      const built = new Layer({ ...plan, layer, inputSize }, options);
      inputSize = built.outputSize;
      return built;
    });
    this.outputSize = inputSize;
    this.tracks = this.#layers.flatMap(({ tracks }) => tracks);
  }

  protected override parts(): Iterable<readonly [string, unknown]> {
    return this.#layers.flatMap((layer) => [...layer.named()]);
  }

  /** Zeros `[batch, width]` for every state of every track. */
  zeroState(batch: number): CellState[] {
    return this.tracks.map((track) => track.zeroState(batch, this.options.dtype ?? "float32"));
  }

  /**
   * Runs the stack over a sequence. Padding may hold anything.
   *
   * @param x - `[batch, time, inputSize]`; `[time, batch, inputSize]` where `timeMajor`.
   * @throws CellError `shape`, `lengths`
   */
  forward(x: Tensor, { state, lengths, mask, onStep }: SequenceOptions = {}): SequenceResult {
    const { timeMajor = false, inputDropout = 0, dropout = 0 } = this.options;
    if (!Tensor.isTensor(x) || x.rank !== 3 || x.shape[2] !== this.inputSize) {
      const order = timeMajor ? "time, batch" : "batch, time";
      throw new CellError("shape", `unroll: needs a sequence [${order}, ${this.inputSize}], got ${showValue(x)}`);
    }
    const turn = (y: Tensor): Tensor => (timeMajor ? y.permute([1, 0, ...y.shape.map((_, axis) => axis).slice(2)]) : y);
    let sequence = turn(x);
    const [batch, time] = sequence.shape as [number, number, number];
    const steps = stepMask({ lengths, mask }, { batch, time });
    const states = this.#startStates(state, { batch, dtype: promote(x.dtype, this.#dtype) });
    const generator = this.training ? this.rng : undefined;
    if (steps !== undefined) sequence = where(steps.real, sequence, 0);
    let readFrom = this.#readFrom(x, steps);
    if (generator !== undefined && inputDropout > 0) {
      readFrom = undefined;
      sequence = sequence.mul(dropoutMask([batch, 1, this.inputSize], { rate: inputDropout, generator, dtype: sequence.dtype }));
    }
    const runs: LayerOutputs[] = [];
    let first = 0;
    for (const layer of this.#layers) {
      if (generator !== undefined && dropout > 0 && runs.length > 0) {
        sequence = sequence.mul(dropoutMask(sequence.shape, { rate: dropout, generator, dtype: sequence.dtype }));
      }
      const own = states.slice(first, (first += layer.tracks.length));
      const run = layer.run(sequence, { states: own, mask: steps, readFrom, generator, onStep });
      readFrom = undefined;
      runs.push(run);
      sequence = run.output;
    }
    const layerOutputs = runs.map(({ output }) => turn(output));
    return {
      output: layerOutputs.at(-1) as Tensor,
      last: (runs.at(-1) as LayerOutputs).last,
      state: runs.flatMap((run) => run.states),
      layerOutputs,
    };
  }

  // Where the sequence was read, for layers that can read there themselves; made when one does.
  #readFrom(x: Tensor, steps: StepMask | undefined): (() => SequenceLookup | undefined) | undefined {
    const lookup = lookupOf(x);
    if (lookup === undefined) return undefined;
    let made: SequenceLookup | undefined;
    return () => {
      if (made !== undefined) return made;
      const turned = this.options.timeMajor === true ? lookup.indices.transpose() : lookup.indices;
      const indices = steps === undefined ? turned : steps.overPadding(turned);
      return (made = indices && { table: lookup.table, indices, read: x });
    };
  }

  // The dtype of the parameters at this moment: a gradient check binds float64 in place of float32.
  get #dtype(): DType {
    for (const parameter of this.tracks[0]?.parameters.values() ?? []) return parameter.value.dtype;
    return "float32";
  }

  #startStates(given: unknown, { batch, dtype }: { readonly batch: number; readonly dtype: DType }): readonly CellState[] {
    const { tracks } = this;
    if (given === undefined) return tracks.map((track) => track.startState(batch, dtype));
    if (!Array.isArray(given) || given.length !== tracks.length) {
      const got = Array.isArray(given) ? given.length : showValue(given);
      throw new CellError("shape", `unroll: needs ${tracks.length} states (layers x directions), got ${got}`);
    }
    tracks.forEach((track, index) => track.checkState(given[index], batch));
    return given as readonly CellState[];
  }
}

function stepMask(
  { lengths, mask }: SequenceOptions,
  extent: { readonly batch: number; readonly time: number },
): StepMask | undefined {
  if (lengths !== undefined && mask !== undefined)
    throw new CellError("lengths", "unroll: takes lengths or a mask, got both; give one");
  if (lengths !== undefined) return StepMask.fromLengths(lengths, extent);
  return mask === undefined ? undefined : StepMask.fromMask(mask, extent);
}

/**
 * Runs any cell, built-in or your own, over time.
 *
 * @example
 * const layer = unroll(lstm, { inputSize: 8, hiddenSize: 16 });
 * layer.forward(zeros([2, 5, 8])).output.shape; // [2, 5, 16]
 */
export function unroll(cell: Cell, options: UnrollOptions): Unrolled {
  return new Unrolled(cell, options);
}
