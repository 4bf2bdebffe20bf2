import { formatShape, type Tensor } from "@unroll/tensor";

import { checkSizes } from "../check-options.js";
import { fail } from "../error.js";
import { checkBlank } from "./check-blank.js";
import { lengthsOf } from "./check-lengths.js";
import { checkScores } from "./check-scores.js";
import type { CtcDecodeOptions } from "./greedy-decode.js";

/** How far {@link ctcBeamDecode} looks. */
export interface CtcBeamOptions extends CtcDecodeOptions {
  /** Label sequences kept after each step, default 10. */
  readonly beamWidth?: number;
}

/** A label sequence and the probability of all paths to it that the beam has kept. */
export interface CtcHypothesis {
  readonly labels: readonly number[];
  /** In nats. */
  readonly logProbability: number;
}

// Log-probabilities of the paths to one label sequence, by what they end with.
interface Beam {
  readonly labels: readonly number[];
  blank: number;
  label: number;
}

/**
 * Prefix beam search (Graves 2012; Hannun et al. 2014): paths that give the same labels add up, which the best single path
 * ({@link ctcGreedyDecode}) misses. With a beam as wide as there are label sequences it is exact.
 *
 * @param logits - `[batch, time, classes]`
 * @returns for each row at most `beamWidth` label sequences, likeliest first.
 * @throws ModuleError `shape`, `lengths`, `option`, and `scores` for NaN among the real steps.
 */
export function ctcBeamDecode(
  logits: Tensor,
  { inputLengths, blank = 0, beamWidth = 10 }: CtcBeamOptions = {},
): CtcHypothesis[][] {
  if (logits.rank !== 3) fail("shape", `ctcBeamDecode: needs logits [batch, time, classes], got ${formatShape(logits.shape)}`);
  checkSizes("ctcBeamDecode", { beamWidth });
  const [batch, time, classes] = logits.shape as readonly [number, number, number];
  const lengths = lengthsOf("ctcBeamDecode", "inputLengths", { given: inputLengths, rows: batch, longest: time });
  checkBlank("ctcBeamDecode", blank, classes);
  const scores = logits.logSoftmax().toTypedArray();
  return Array.from(lengths, (length, row) => {
    const own = scores.subarray(row * time * classes, (row * time + length) * classes);
    checkScores("ctcBeamDecode", own, row);
    let beams: Beam[] = [{ labels: [], blank: 0, label: -Infinity }];
    for (let t = 0; t < length; t++) {
      beams = best(extend(beams, own.subarray(t * classes, (t + 1) * classes), blank), beamWidth);
    }
    return beams.map((beam) => ({ labels: beam.labels, logProbability: total(beam) }));
  });
}

// All sequences that one more step can lead to.
function extend(beams: readonly Beam[], scores: ArrayLike<number>, blank: number): Beam[] {
  const next = new Map<string, Beam>();
  const at = (labels: readonly number[]): Beam => {
    const key = labels.join(",");
    const beam = next.get(key) ?? { labels, blank: -Infinity, label: -Infinity };
    next.set(key, beam);
    return beam;
  };
  for (const beam of beams) {
    const last = beam.labels.at(-1);
    for (let label = 0; label < scores.length; label++) {
      const score = scores[label] as number;
      if (label === blank) {
        const same = at(beam.labels);
        same.blank = logAdd(same.blank, total(beam) + score);
        continue;
      }
      // A repeat stays the same label unless a blank stands between.
      const longer = at([...beam.labels, label]);
      longer.label = logAdd(longer.label, (label === last ? beam.blank : total(beam)) + score);
      if (label === last) {
        const same = at(beam.labels);
        same.label = logAdd(same.label, beam.label + score);
      }
    }
  }
  return [...next.values()];
}

function best(beams: Beam[], count: number): Beam[] {
  return beams
    .filter((beam) => total(beam) > -Infinity)
    .sort((a, b) => total(b) - total(a))
    .slice(0, count);
}

function total({ blank, label }: Beam): number {
  return logAdd(blank, label);
}

function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === -Infinity ? -Infinity : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}
