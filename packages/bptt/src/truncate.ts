import { TrainingError } from "./error.js";

/** `"full"`, or: every `k1` steps back-propagate through the last `k2` (Williams and Peng 1990). */
export type Truncation = "full" | { readonly k1: number; readonly k2: number };

/** One back-propagation: run steps `start..end-1`, count the loss of `lossFrom..end-1`. */
export interface TruncatedWindow {
  readonly start: number;
  readonly lossFrom: number;
  readonly end: number;
}

/**
 * The windows of one batch of `time` steps. Every step's loss counts once; a window reads back at most `k2` steps.
 *
 * @throws TrainingError `option` unless k1 >= 1 and k2 is a multiple of k1.
 */
export function truncatedWindows(time: number, bptt: Truncation): TruncatedWindow[] {
  const { k1, k2 } = bptt === "full" ? { k1: Math.max(time, 1), k2: Math.max(time, 1) } : bptt;
  if (!Number.isInteger(k1) || !Number.isInteger(k2) || k1 < 1 || k2 < k1 || k2 % k1 !== 0) {
    throw new TrainingError("option", `fit: bptt needs integers k1 >= 1 and k2 a multiple of k1, got k1 = ${k1}, k2 = ${k2}`);
  }
  const windows: TruncatedWindow[] = [];
  for (let lossFrom = 0; lossFrom < time; lossFrom += k1) {
    const end = Math.min(lossFrom + k1, time);
    windows.push({ start: Math.max(0, lossFrom + k1 - k2), lossFrom, end });
  }
  return windows;
}
