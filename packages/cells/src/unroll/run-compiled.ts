import { belowTapes, detectsAnomaly, recordingTapes } from "@unroll/autograd";
import {
  CompileError,
  compileStep,
  type CompiledStep,
  type StepLookup,
  type StepInputs,
  type StepOutputs,
  type StepSizes,
  type Tensors,
} from "@unroll/compile";
import { Parameter } from "@unroll/nn";
import { stack, uniform, zeros, type Generator, type Tensor } from "@unroll/tensor";

import type { Cell, StepResult } from "../cell.js";
import type { LayerRun, TrackResult } from "./run-layer.js";
import { stay } from "./stay.js";
import type { Track } from "./track.js";
import { zonedStates } from "./zoneout.js";

/** Where a sequence was read. Steps that are not real have the index of one that is: whatever stands there, nothing depends on it. */
export type SequenceLookup = Omit<StepLookup, "step">;

/** How a track reads a sequence. */
export interface TrackRun extends LayerRun {
  /** Source of what zoneout draws; undefined when not training. */
  readonly generator: Generator | undefined;
  readonly readFrom: (() => SequenceLookup | undefined) | undefined;
}

// Names beside those of a cell's own states.
const padding = "(padding)";
const running = "(running)";
const zoned = (name: string): string => `(zoneout ${name})`;
const masked = (index: number): string => `(dropout ${index})`;

type ProgramRun = TrackRun & { readonly masks: readonly Tensor[]; readonly inputSize: number };

// By track, then by what a call adds to the step: found without a search.
const variants = new WeakMap<Track, Map<string, CompiledStep | undefined>>();

// By cell, then by what else a program depends on; undefined where it cannot be compiled.
const programs = new WeakMap<Cell, Map<string, CompiledStep | undefined>>();

/**
 * Runs a track over a sequence as one compiled step, or step by step where that cannot be done: for other dtypes than float32, for tensors
 * that have no elements, under derivatives of derivatives, and for steps that cannot be traced or compiled, which is said once.
 *
 * @throws CellError `result`, and whatever the step throws when it runs step by step.
 */
export function runCompiled(
  track: Track,
  x: Tensor,
  run: TrackRun & { readonly masks: readonly Tensor[]; readonly stepByStep: () => TrackResult },
): TrackResult {
  const [batch = 0, time = 0] = x.shape;
  const weights = track.values();
  const tensors = [x, ...Object.values(weights), ...Object.values(run.state)];
  const plain = recordingTapes(tensors) <= 1 && tensors.every((tensor) => tensor.dtype === "float32" && isComputed(tensor));
  if (!plain || batch === 0 || time === 0 || detectsAnomaly()) return run.stepByStep();
  const own: ProgramRun = { ...run, inputSize: x.shape[2] as number };
  let compiled: CompiledStep | undefined;
  try {
    compiled = programOf(track, weights, own);
  } catch (error) {
    // A step that is simply wrong throws here as well, at sizes that its author knows, and nothing is said or remembered.
    const result = run.stepByStep();
    remember(track.cell, keyOf(track, sizesOf(track, weights, own), own), error);
    return result;
  }
  if (compiled === undefined) return run.stepByStep();
  const steps: Record<string, Tensor> = { x, ...(run.mask !== undefined && { [running]: run.mask.real.cast("float32") }) };
  if (run.generator !== undefined && track.zoneout !== undefined)
    Object.assign(steps, zoneoutDraws(track, run.generator, { ...run, batch, time }));
  const state = {
    ...Object.fromEntries(track.cell.state.map((name) => [name, run.state[name] as Tensor])),
    ...(repeats(run) && { [padding]: zeros([batch, run.outputSize]) }),
  };
  const rows = Object.fromEntries(run.masks.map((mask, index) => [masked(index), mask]));
  const step = (inputs: StepInputs): StepOutputs => stepOf(track, inputs, run);
  const lookup = run.readFrom?.();
  const result = compiled.run(
    { weights, rows, steps, state, lookup: lookup && { step: "x", ...lookup } },
    { reverse: run.reverse, step },
  );
  if (run.onStep !== undefined) tellSteps(run.onStep, result.watched, { ...run, time });
  return {
    output: result.output,
    state: Object.fromEntries(track.cell.state.map((name) => [name, result.state[name] as Tensor])),
  };
}

// Whether operations on a tensor give elements at once; whoever traces it is to see each step.
function isComputed(x: Tensor): boolean {
  const below = belowTapes(x);
  return below.interpreter.level === 0 || Parameter.isParameter(below);
}

function programOf(track: Track, weights: Readonly<Record<string, Tensor>>, run: ProgramRun): CompiledStep | undefined {
  const { mask, masks, generator, onStep } = run;
  const variant = `${mask === undefined} ${masks.length} ${generator === undefined} ${repeats(run)} ${onStep === undefined}`;
  const known = variants.get(track) ?? new Map<string, CompiledStep | undefined>();
  variants.set(track, known);
  if (!known.has(variant)) known.set(variant, findProgram(track, weights, run));
  return known.get(variant);
}

function findProgram(track: Track, weights: Readonly<Record<string, Tensor>>, run: ProgramRun): CompiledStep | undefined {
  const { cell } = track;
  const known = programs.get(cell) ?? new Map<string, CompiledStep | undefined>();
  programs.set(cell, known);
  const sizes = sizesOf(track, weights, run);
  const key = keyOf(track, sizes, run);
  if (!known.has(key))
    known.set(
      key,
      compileStep((inputs) => stepOf(track, inputs, run), sizes),
    );
  return known.get(key);
}

// What a program of a cell depends on; modules that a step uses follow whether it is training.
function keyOf(track: Track, sizes: StepSizes, run: ProgramRun): string {
  return JSON.stringify([sizes, track.zoneout, run.generator === undefined, run.onStep === undefined]);
}

function sizesOf(track: Track, weights: Readonly<Record<string, Tensor>>, run: ProgramRun): StepSizes {
  const { cell, place, zoneout } = track;
  const draws = run.generator === undefined ? [] : zonedStates(zoneout);
  return {
    name: cell.name,
    weights: Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape])),
    rows: Object.fromEntries(run.masks.map(({ shape }, index) => [masked(index), shape[1] as number])),
    steps: {
      x: run.inputSize,
      ...(run.mask !== undefined && { [running]: 1 }),
      ...Object.fromEntries(draws.map((name) => [zoned(name), cell.stateSizes(place)[name] as number])),
    },
    state: { ...cell.stateSizes(place), ...(repeats(run) && { [padding]: run.outputSize }) },
  };
}

// That a step which runs step by step cannot be compiled, which is said once for a cell.
function remember(cell: Cell, key: string, error: unknown): void {
  const known = programs.get(cell) as Map<string, CompiledStep | undefined>;
  if (![...known.values()].includes(undefined)) {
    const message = error instanceof Error ? error.message : String(error);
    const why =
      error instanceof CompileError
        ? message
        : `${cell.name}: cannot be traced with another size in place of the batch (${message}); use x.shape[0] for it, or engine: "tape"`;
    console.warn(`${why}. It runs step by step until then.`);
  }
  known.set(key, undefined);
}

// What runLayer does at one step, on tracers.
function stepOf(track: Track, { weights, rows, steps, state }: StepInputs, run: TrackRun): StepOutputs {
  const masks = Object.values(rows);
  const draw = run.generator && ((name: string) => steps[zoned(name)] as Tensor);
  const own = Object.fromEntries(track.cell.state.map((name) => [name, state[name] as Tensor]));
  const next = track.step(weights, { masks, draw })(steps["x"] as Tensor, own);
  const watch = (result: StepResult): Tensors | undefined => (run.onStep === undefined ? undefined : watchedOf(result));
  const runs = steps[running]?.greater(0);
  if (runs === undefined) return { output: next.output, state: next.state, watched: watch(next) };
  const kept = stay(runs, next, { state: own, output: state[padding] ?? 0 });
  const { output } = kept;
  return { output, state: { ...kept.state, ...(repeats(run) && { [padding]: output }) }, watched: watch(kept) };
}

// All that a step gives, by one name each.
function watchedOf({ output, state, gates = {} }: StepResult): Tensors {
  return { output, ...prefixed("state ", state), ...prefixed("gate ", gates) };
}

function prefixed(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [`${prefix}${name}`, x]));
}

// Tells of every step that ran, in the order of reading.
function tellSteps(
  onStep: NonNullable<LayerRun["onStep"]>,
  watched: Readonly<Record<string, readonly Tensor[]>>,
  { mask, reverse, time }: Pick<TrackRun, "mask" | "reverse"> & { readonly time: number },
): void {
  const named = (prefix: string): (readonly [name: string, steps: readonly Tensor[]])[] =>
    Object.entries(watched).flatMap(([name, steps]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), steps]] : []));
  const [states, gates] = [named("state "), named("gate ")];
  const at = (entries: typeof states, t: number): Record<string, Tensor> =>
    Object.fromEntries(entries.map(([name, steps]) => [name, steps[t] as Tensor]));
  for (let read = 0; read < time; read++) {
    const t = reverse ? time - 1 - read : read;
    if (mask?.running[t] === "none") continue;
    onStep(t, {
      output: watched["output"]?.[t] as Tensor,
      state: at(states, t),
      ...(gates.length > 0 && { gates: at(gates, t) }),
    });
  }
}

// Drawn in the order in which a loop over the steps would draw.
function zoneoutDraws(
  track: Track,
  generator: Generator,
  { mask, reverse, batch, time }: Pick<TrackRun, "mask" | "reverse"> & { readonly batch: number; readonly time: number },
): Record<string, Tensor> {
  const names = zonedStates(track.zoneout);
  const sizes = track.cell.stateSizes(track.place);
  const drawn = new Map(names.map((name) => [name, new Array<Tensor>(time)]));
  for (let read = 0; read < time; read++) {
    const t = reverse ? time - 1 - read : read;
    for (const [name, at] of drawn) {
      const shape = [batch, sizes[name] as number];
      at[t] = mask?.running[t] === "none" ? zeros(shape) : uniform(shape, { generator });
    }
  }
  return Object.fromEntries([...drawn].map(([name, at]) => [zoned(name), stack(at, { axis: 1 })]));
}

function repeats({ mask, paddedOutput }: LayerRun): boolean {
  return mask !== undefined && paddedOutput === "repeat";
}
