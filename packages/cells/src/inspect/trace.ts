import { stack, type Tensor } from "@unroll/tensor";

import type { Track } from "../unroll/track.js";
import type { SequenceOptions, SequenceResult, Unrolled } from "../unroll/unroll.js";

/** What one layer in one direction did over time, every tensor `[batch, time, width]`. */
export interface Trace {
  readonly track: Track;
  /** Activations of each gate that the cell reports. */
  readonly gates: Readonly<Record<string, Tensor>>;
  /** Each state after each step. */
  readonly states: Readonly<Record<string, Tensor>>;
}

/** A pass over a sequence, and what happened inside. */
export interface TracedResult extends SequenceResult {
  /** As `layer.tracks`: layer 0 forward, layer 0 reverse, layer 1 … */
  readonly traces: readonly Trace[];
}

/**
 * Runs `layer.forward` and keeps every gate's activation and every state of every step. Steps at which no row ran are left out of
 * the time axis.
 *
 * @param x - `[batch, time, inputSize]`
 * @example
 * trace(unroll(lstm, { inputSize: 3, hiddenSize: 4 }), x).traces[0].gates.f; // [batch, time, 4]
 */
export function trace(layer: Unrolled, x: Tensor, options: Omit<SequenceOptions, "onStep"> = {}): TracedResult {
  const records = new Map(layer.tracks.map((track) => [track, [] as Moment[]]));
  const result = layer.forward(x, {
    ...options,
    onStep: ({ track, t, result: { gates = {}, state } }) => records.get(track)?.push({ t, gates, state }),
  });
  const traces = [...records].map(([track, moments]) => {
    const inTime = moments.sort((a, b) => a.t - b.t);
    return { track, gates: overTime(inTime.map(({ gates }) => gates)), states: overTime(inTime.map(({ state }) => state)) };
  });
  return { ...result, traces };
}

type Named = Readonly<Record<string, Tensor>>;

interface Moment {
  readonly t: number;
  readonly gates: Named;
  readonly state: Named;
}

function overTime(moments: readonly Named[]): Named {
  const names = Object.keys(moments[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      stack(
        moments.map((moment) => moment[name] as Tensor),
        { axis: 1 },
      ),
    ]),
  );
}
