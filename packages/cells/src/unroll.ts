import { Module, Parameter } from "@unroll/nn";
import { concat, formatShape, zeros, type Tensor } from "@unroll/tensor";

import type { Cell, CellState } from "./cell.js";
import { CellError } from "./error.js";
import { Lengths } from "./lengths.js";
import { runLayer } from "./run-layer.js";

/** Which way a layer reads the sequence. */
export type Direction = "forward" | "reverse" | "bidirectional";

/** Sizes and shape of a stack of layers. */
export interface UnrollOptions {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default 1. */
  readonly layers?: number;
  /** Default `"forward"`; `"bidirectional"` concatenates both outputs. */
  readonly direction?: Direction;
}

/** What goes in beside the sequence. */
export interface SequenceOptions {
  /** One state per layer and direction, as {@link SequenceResult.state}; zeros when left out. */
  readonly state?: readonly CellState[] | undefined;
  /** Real steps of each row; all when left out. */
  readonly lengths?: Int32Array;
}

/** What a pass over a sequence gives. */
export interface SequenceResult {
  /** `[batch, time, hiddenSize * directions]`, 0 where a row has ended. */
  readonly output: Tensor;
  /** State after each row's last real step, per layer and direction: layer 0 forward, layer 0 reverse, layer 1 … */
  readonly state: readonly CellState[];
}

interface Track {
  readonly reverse: boolean;
  readonly suffix: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
}

// weightIh of layer 0 is weight_ih_l0, as in PyTorch.
const stored = (name: string, suffix: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) + suffix;

/** A stack of layers of one cell, run over time. Made by {@link unroll}. */
export class Unrolled extends Module {
  readonly cell: Cell;
  readonly hiddenSize: number;
  readonly inputSize: number;
  readonly #layers: readonly (readonly Track[])[];

  constructor(cell: Cell, { inputSize, hiddenSize, layers = 1, direction = "forward" }: UnrollOptions) {
    super();
    for (const [option, value] of Object.entries({ inputSize, hiddenSize, layers })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new CellError("option", `unroll: ${option} must be an integer >= 1, got ${value}`);
      }
    }
    this.cell = cell;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const directions = direction === "bidirectional" ? [false, true] : [direction === "reverse"];
    this.#layers = Array.from({ length: layers }, (_, layer) =>
      directions.map((reverse, index) => {
        const sizes = { inputSize: layer === 0 ? inputSize : hiddenSize * directions.length, hiddenSize };
        const specs = Object.entries(cell.parameters(sizes));
        return {
          reverse,
          suffix: `_l${layer}${index === 1 ? "_reverse" : ""}`,
          parameters: new Map(specs.map(([name, spec]) => [name, new Parameter(spec)])),
        };
      }),
    );
  }

  protected override parts(): Iterable<readonly [string, unknown]> {
    return this.#layers
      .flat()
      .flatMap(({ parameters, suffix }) =>
        [...parameters].map(([name, parameter]) => [stored(name, suffix), parameter] as const),
      );
  }

  /** The state before the first step: zeros `[batch, hiddenSize]` per layer and direction. */
  zeroState(batch: number): CellState[] {
    return this.#layers
      .flat()
      .map(() => Object.fromEntries(this.cell.state.map((name) => [name, zeros([batch, this.hiddenSize])])));
  }

  /**
   * Runs the stack over a sequence.
   *
   * @param x - `[batch, time, inputSize]`
   * @throws CellError `shape`, `lengths`
   */
  forward(x: Tensor, { state, lengths }: SequenceOptions = {}): SequenceResult {
    const [batch = 0, time = 0] = x.shape;
    if (x.rank !== 3 || x.shape[2] !== this.inputSize) {
      throw new CellError("shape", `unroll: needs a sequence [batch, time, ${this.inputSize}], got ${formatShape(x.shape)}`);
    }
    const given = state ?? this.zeroState(batch);
    if (given.length !== this.#layers.flat().length) {
      throw new CellError(
        "shape",
        `unroll: needs ${this.#layers.flat().length} states (layers x directions), got ${given.length}`,
      );
    }
    const rows = lengths === undefined ? undefined : new Lengths(lengths, { batch, time });
    const ragged = rows?.ragged === true ? rows : undefined;
    const next: CellState[] = [];
    let sequence = x;
    for (const tracks of this.#layers) {
      const runs = tracks.map(({ reverse, parameters }) => {
        const run = runLayer(sequence, {
          cell: this.cell,
          parameters: Object.fromEntries([...parameters].map(([name, parameter]) => [name, parameter.value])),
          state: given[next.length] as CellState,
          reverse,
          lengths: ragged,
        });
        next.push(run.state);
        return run.output;
      });
      sequence = runs.length === 1 ? (runs[0] as Tensor) : concat(runs, { axis: 2 });
    }
    return { output: sequence, state: next };
  }
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
