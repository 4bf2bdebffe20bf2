import { canCompile } from "@unroll/compile";
import type { Parameter } from "@unroll/nn";
import { uniform, type Generator, type Tensor } from "@unroll/tensor";

import type { CellState, StepResult } from "../cell.js";
import { CellError } from "../error.js";
import { makeBypass, type Bypass } from "./connection.js";
import { runCompiled, type TrackRun } from "./run-compiled.js";
import { mergeDirections, mergedSize, type Merge } from "./merge.js";
import { runLayer, type TrackResult } from "./run-layer.js";
import { lastRead, type StepMask } from "./step-mask.js";
import { Track } from "./track.js";
import type { LayerPlan, UnrollOptions } from "./unroll-options.js";

/** A step that has just run, for whoever watches. */
export interface StepEvent {
  /** Which layer in which direction. */
  readonly track: Track;
  /** Position in the sequence. */
  readonly t: number;
  readonly result: StepResult;
}

/** What a layer needs to run. */
export interface LayerInputs {
  /** One per direction. */
  readonly states: readonly CellState[];
  readonly mask: StepMask | undefined;
  /** Undefined where the sequence was not read in a table. */
  readonly readFrom: TrackRun["readFrom"];
  /** Source of dropout masks; undefined when not training. */
  readonly generator: Generator | undefined;
  readonly onStep: ((event: StepEvent) => void) | undefined;
}

/** What sets one layer of a stack apart. */
export interface LayerPlace extends LayerPlan {
  readonly layer: number;
  readonly inputSize: number;
}

/** One layer of a stack: a track per direction, what joins them, and what goes past them. */
export class Layer {
  readonly tracks: readonly Track[];
  /** Width of the output. */
  readonly outputSize: number;
  readonly #merge: Merge;
  readonly #bypass: Bypass | undefined;
  readonly #paddedOutput: "zero" | "repeat";
  readonly #engine: "compiled" | "tape" | undefined;

  /** @throws CellError `option` */
  constructor({ cell, layer, inputSize, hiddenSize, connection, merge }: LayerPlace, options: UnrollOptions) {
    const { direction = "forward", paddedOutput = "zero", dtype = "float32", engine } = options;
    const directions = direction === "bidirectional" ? [false, true] : [direction === "reverse"];
    this.tracks = directions.map((reverse, index) => {
      const suffix = `_l${layer}${index === 1 ? "_reverse" : ""}`;
      return new Track(cell, { layer, inputSize, hiddenSize, reverse, suffix }, options);
    });
    this.outputSize = mergedSize(cell.outputSize({ inputSize, hiddenSize }), { directions: directions.length, merge });
    this.#merge = merge;
    this.#bypass = makeBypass(connection, { layer, inputSize, outputSize: this.outputSize, dtype });
    this.#paddedOutput = paddedOutput;
    this.#engine = engine;
    const names = Array.from(this.named(), ([name]) => name);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) {
      throw new CellError(
        "option",
        `unroll: each parameter needs a name of its own in snake case, got two of ${cell.name} for ${twice}; rename one`,
      );
    }
  }

  /** Parameters under the names PyTorch gives them, where it has them. */
  *named(): Iterable<readonly [string, Parameter]> {
    for (const track of this.tracks) yield* track.named();
    yield* this.#bypass?.parameters ?? [];
  }

  /** Reads `x [batch, time, inputSize]`. `last` follows the bypass from the input that the first direction read last. */
  run(x: Tensor, { states, mask, readFrom, generator, onStep }: LayerInputs): LayerOutputs {
    const runs = this.tracks.map((track, index) => {
      const { reverse } = track.place;
      const run = this.#runTrack(track, x, {
        state: states[index] as CellState,
        reverse,
        mask,
        outputSize: track.cell.outputSize(track.place),
        paddedOutput: this.#paddedOutput,
        readFrom,
        onStep: onStep && ((t, result) => onStep({ track, t, result })),
        generator,
      });
      return { ...run, last: lastRead(run.output, { mask, reverse }) };
    });
    const output = mergeDirections(
      runs.map((run) => run.output),
      this.#merge,
    );
    const last = mergeDirections(
      runs.map((run) => run.last),
      this.#merge,
    );
    const reverse = this.tracks[0]?.place.reverse === true;
    return {
      output: this.#bypass?.join(x, output) ?? output,
      last: this.#bypass?.join(lastRead(x, { mask, reverse }), last) ?? last,
      states: runs.map(({ state }) => state),
    };
  }

  // At once where that is chosen and possible, else step by step.
  #runTrack(track: Track, x: Tensor, run: TrackRun): TrackResult {
    const { generator } = run;
    const masks = track.dropoutMasks(x.shape[0] as number, generator);
    const engine = this.#engine ?? (canCompile() ? "compiled" : "tape");
    const draw = generator && ((_: string, fresh: Tensor) => uniform(fresh.shape, { generator }));
    const stepByStep = (): TrackResult => runLayer(x, track.step(track.values(), { masks, draw }), run);
    return engine === "compiled" ? runCompiled(track, x, { ...run, masks, stepByStep }) : stepByStep();
  }
}

/** What a layer gives. */
export interface LayerOutputs {
  /** `[batch, time, outputSize]` */
  readonly output: Tensor;
  /** `[batch, outputSize]` */
  readonly last: Tensor;
  readonly states: readonly CellState[];
}
