import type { CellState, SequenceOptions, SequenceResult, Track, Unrolled } from "@unroll/cells";
import { fromTypedArray, ones, promote, where, zeros, type DType, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { recurrentOperatorOf } from "./recurrent-operator.js";
import { writeRecurrentNode, type TrackResult } from "./recurrent-nodes.js";
import { scan } from "./scan.js";
import type { Trace } from "./trace.js";

/** A call of a stack's forward pass. */
export interface SequenceCall {
  readonly layer: Unrolled;
  /** As the stack itself runs it, step after step. */
  readonly forward: (x: Tensor, options?: SequenceOptions) => SequenceResult;
  readonly x: Tensor;
  readonly options: SequenceOptions;
}

type CellStep = ReturnType<Track["step"]>;

// In place of a track's own step, on the rows that it is given.
type StackStep = (track: Track, rows: Tensor, own: CellStep) => Tensor;

/**
 * Writes a stack's pass over a sequence. Each track becomes one node; what joins tracks and layers works on every step alone, so it
 * is traced from the stack's own forward pass, with all steps of all rows as the rows of one step.
 */
export function traceSequence(trace: Trace, { layer, forward, x, options }: SequenceCall): SequenceResult {
  if (options.onStep !== undefined || x.rank !== 3) return forward(x, options);
  const { timeMajor = false } = layer.options;
  const turn = (y: Tensor): Tensor => (timeMajor ? y.permute([1, 0, ...y.shape.map((_, axis) => axis).slice(2)]) : y);
  const given = turn(x);
  const [batch, time, width] = given.shape as [number, number, number];
  const real = realSteps(options, { batch, time });
  const sequence = real === undefined ? given : where(real, given, 0);
  checkStates(layer, options.state, batch);
  const dtype = promote(x.dtype, [...(layer.tracks[0]?.parameters.values() ?? [])][0]?.dtype ?? "float32");
  const results = new Map<Track, TrackResult>();

  const everyStep = stepwise(layer, forward, {
    x: asOneStep(sequence.reshape([batch * time, width]), timeMajor),
    step(track, rows, own) {
      const result = runTrack(trace, track, {
        step: own,
        x: rows.reshape([batch, time, track.place.inputSize]),
        state: options.state?.[layer.tracks.indexOf(track)],
        real,
        lengths: options.lengths,
        paddedOutput: layer.options.paddedOutput ?? "zero",
        dtype,
      });
      results.set(track, result);
      return result.output.reshape([batch * time, result.output.shape[2] as number]);
    },
  });
  const layerOutputs = everyStep.layerOutputs.map((y) => turn(y.reshape([batch, time, ...y.shape.slice(2)])));

  // Below the last layer, the step that the first direction reads last; there, what each direction itself reads last.
  const [first] = layer.tracks as [Track];
  const top = layer.tracks.at(-1)?.place.layer;
  const { last } = stepwise(layer, forward, {
    x: asOneStep(lastRead(sequence, { real, reverse: first.place.reverse }), timeMajor),
    step: (track) => {
      const { reverse } = track.place.layer === top ? track.place : first.place;
      return lastRead((results.get(track) as TrackResult).output, { real, reverse });
    },
  });
  return {
    output: layerOutputs.at(-1) as Tensor,
    last,
    state: layer.tracks.map((track) => (results.get(track) as TrackResult).state),
    layerOutputs,
  };
}

function checkStates(layer: Unrolled, states: readonly CellState[] | undefined, batch: number): void {
  if (states === undefined) return;
  const { tracks } = layer;
  if (states.length !== tracks.length)
    fail("value", `exportOnnx: a stack needs ${tracks.length} states (layers x directions), got ${states.length}`);
  tracks.forEach((track, index) => track.checkState(states[index], batch));
}

function asOneStep(rows: Tensor, timeMajor: boolean): Tensor {
  return rows.unsqueeze({ axis: timeMajor ? 0 : 1 });
}

// The stack's forward pass with another step for each track.
function stepwise(
  layer: Unrolled,
  forward: SequenceCall["forward"],
  { x, step }: { readonly x: Tensor; readonly step: StackStep },
): SequenceResult {
  const { tracks } = layer;
  for (const track of tracks) {
    const ownStep = track.step.bind(track);
    track.step = (...given) => {
      const own = ownStep(...given);
      return (rows, state) => ({ output: step(track, rows, own), state });
    };
  }
  try {
    return forward(x);
  } finally {
    for (const track of tracks) Reflect.deleteProperty(track, "step");
  }
}

// Which steps are real, [batch, time, 1].
function realSteps(
  { lengths, mask }: SequenceOptions,
  { batch, time }: { readonly batch: number; readonly time: number },
): Tensor | undefined {
  if (mask !== undefined && lengths !== undefined) fail("value", "exportOnnx: a stack takes lengths or a mask, got both");
  if (mask !== undefined) {
    if (mask.rank !== 2 || mask.shape[0] !== batch || mask.shape[1] !== time)
      fail("value", `exportOnnx: the mask must be [batch, time] = [${batch}, ${time}], got [${mask.shape.join(", ")}]`);
    return mask.cast("bool").unsqueeze({ axis: 2 });
  }
  if (lengths === undefined) return undefined;
  if (lengths.length !== batch || lengths.some((length) => length < 0 || length > time)) {
    fail("value", `exportOnnx: needs one length in 0..${time} for each of ${batch} rows, got [${lengths.join(", ")}]`);
  }
  const positions = ones([1, time, 1], { dtype: "int32" }).cumsum({ axis: 1 });
  return positions.lessEqual(fromTypedArray(lengths, [batch, 1, 1]));
}

// What was read last of `x [batch, time, width]`, 0 in a row without real steps.
function lastRead(x: Tensor, { real, reverse }: { readonly real: Tensor | undefined; readonly reverse: boolean }): Tensor {
  const time = x.shape[1] as number;
  if (real === undefined) {
    const start = reverse ? 0 : time - 1;
    return x.slice({ axis: 1, start, stop: start + 1 }).squeeze({ axis: 1 });
  }
  const isLast = real.cast("int32").cumsum({ axis: 1, reverse: !reverse }).equal(1).logicalAnd(real);
  return where(isLast, x, 0).sum({ axes: 1 });
}

interface TrackPass {
  readonly step: CellStep;
  readonly x: Tensor;
  readonly state: CellState | undefined;
  readonly real: Tensor | undefined;
  readonly lengths: Int32Array | undefined;
  readonly paddedOutput: "zero" | "repeat";
  readonly dtype: DType;
}

function runTrack(trace: Trace, track: Track, { step, x, state, real, lengths, paddedOutput, dtype }: TrackPass): TrackResult {
  const [batch] = x.shape as [number, number, number];
  const start = track.initial.size > 0 ? (state ?? track.startState(batch, dtype)) : state;
  const prefixed = real === undefined || (lengths?.every((length) => length > 0) === true && paddedOutput === "zero");
  const operator = prefixed && dtype === "float32" ? recurrentOperatorOf(trace, track, step) : undefined;
  if (operator !== undefined) return writeRecurrentNode(trace, { track, operator, pass: { x, state: start, lengths } });

  const names = track.cell.state;
  const { reverse } = track.place;
  const initial = start ?? track.startState(batch, dtype);
  const padding = zeros([batch, track.cell.outputSize(track.place)], { dtype });
  const repeats = real !== undefined && paddedOutput === "repeat";
  const { states, outputs } = scan({
    states: [...names.map((name) => initial[name] as Tensor), ...(repeats ? [padding] : [])],
    sequences: [x, ...(real === undefined ? [] : [real])].map((sequence) => ({ x: sequence, axis: 1, reverse })),
    outputs: [{ axis: 1, reverse }],
    step(before, [slice, running]) {
      const next = step(slice as Tensor, Object.fromEntries(names.map((name, index) => [name, before[index] as Tensor])));
      const after = names.map((name) => next.state[name] as Tensor);
      if (running === undefined) return { states: after, outputs: [next.output] };
      const kept = after.map((value, index) => where(running, value, before[index] as Tensor));
      const output = where(running, next.output, repeats ? (before.at(-1) as Tensor) : 0);
      return { states: repeats ? [...kept, output] : kept, outputs: [output] };
    },
  });
  return {
    output: outputs[0] as Tensor,
    state: Object.fromEntries(names.map((name, index) => [name, states[index] as Tensor])),
  };
}
