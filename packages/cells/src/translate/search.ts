import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { checkCount } from "../check-options.js";

/** What a search moves along: reads one token per row, gives scores for the next. */
export interface TokenModel<S> {
  /** Token before the first. */
  readonly start: number;
  /** Token after the last. */
  readonly end: number;
  /** `tokens [rows]` int32 and the state before them, to `logits [rows, vocabulary]` and the state after. */
  step(tokens: Tensor, state: S): { readonly logits: Tensor; readonly state: S };
  /** The state of some rows, in the order of `rows [n]` int32; a row may be taken more than once. */
  select(state: S, rows: Tensor): S;
}

/** A sequence of tokens, without start and end, and its log probability, end included. */
export interface Hypothesis {
  readonly tokens: readonly number[];
  readonly logProbability: number;
}

const int32 = (values: readonly number[]): Tensor => fromTypedArray(Int32Array.from(values), [values.length]);

/**
 * Takes the likeliest token at every step, for all rows of a batch at once.
 *
 * @param options - `rows` of the state; `maxLength`, where sequences without an end are cut.
 * @throws CellError `option`
 */
export function greedySearch<S>(
  model: TokenModel<S>,
  state: S,
  { rows, maxLength }: { readonly rows: number; readonly maxLength: number },
): Hypothesis[] {
  checkCount("greedySearch", "maxLength", maxLength, 0);
  const found = Array.from({ length: rows }, () => ({ tokens: [] as number[], logProbability: 0, open: true }));
  let tokens = new Array<number>(rows).fill(model.start);
  for (let t = 0; t <= maxLength && found.some(({ open }) => open); t++) {
    const next = model.step(int32(tokens), state);
    state = next.state;
    const best = next.logits.argmax({ axis: 1 });
    const scores = next.logits
      .logSoftmax()
      .takeAlong(best.unsqueeze({ axis: 1 }), { axis: 1 })
      .toTypedArray();
    tokens = Array.from(best.toTypedArray());
    found.forEach((row, index) => {
      const token = tokens[index] as number;
      if (!row.open) return;
      if (token === model.end || t === maxLength) row.open = false;
      if (token !== model.end && t === maxLength) return;
      row.logProbability += scores[index] as number;
      if (token !== model.end) row.tokens.push(token);
    });
  }
  return found.map((row) => ({ tokens: row.tokens, logProbability: row.logProbability }));
}

/** How wide a beam is, and how it counts. */
export interface BeamOptions {
  /** Hypotheses kept at each step. */
  readonly width: number;
  /** Where sequences without an end are cut. */
  readonly maxLength: number;
  /** Scores are divided by (tokens, end included) to this power before they are compared; default 0, long ones lose. */
  readonly lengthPower?: number;
}

/**
 * Keeps the `width` likeliest beginnings at every step, and gives the finished sequences, best first (Graves 2012; Sutskever et al. 2014).
 *
 * @param state - of one row.
 * @throws CellError `option`
 */
export function beamSearch<S>(model: TokenModel<S>, state: S, { width, maxLength, lengthPower = 0 }: BeamOptions): Hypothesis[] {
  checkCount("beamSearch", "width", width);
  checkCount("beamSearch", "maxLength", maxLength, 0);
  const score = ({ tokens, logProbability }: Hypothesis): number => logProbability / (tokens.length + 1) ** lengthPower;
  let open: Hypothesis[] = [{ tokens: [], logProbability: 0 }];
  let current = state;
  const finished: Hypothesis[] = [];
  for (let t = 0; t <= maxLength && open.length > 0; t++) {
    const next = model.step(int32(open.map(({ tokens }) => tokens.at(-1) ?? model.start)), current);
    const logProbabilities = next.logits.logSoftmax().toTypedArray();
    const vocabulary = next.logits.shape[1] as number;
    const candidates = Array.from(logProbabilities, (value, at) => {
      const row = Math.floor(at / vocabulary);
      return { row, token: at % vocabulary, logProbability: (open[row] as Hypothesis).logProbability + value };
    });
    candidates.sort((a, b) => b.logProbability - a.logProbability);
    const kept: typeof candidates = [];
    for (const candidate of candidates.slice(0, width)) {
      const { tokens } = open[candidate.row] as Hypothesis;
      if (candidate.token === model.end) finished.push({ tokens, logProbability: candidate.logProbability });
      else kept.push(candidate);
    }
    if (t === maxLength) break;
    open = kept.map(({ row, token, logProbability }) => ({
      tokens: [...(open[row] as Hypothesis).tokens, token],
      logProbability,
    }));
    if (kept.length > 0) current = model.select(next.state, int32(kept.map(({ row }) => row)));
    const best = Math.max(...finished.map(score));
    // Log probabilities only fall, so nothing that is open can still win.
    if (lengthPower === 0 && finished.length >= width && open.every(({ logProbability }) => logProbability <= best)) break;
  }
  const all = finished.length > 0 ? finished : open;
  return all.sort((a, b) => score(b) - score(a)).slice(0, width);
}
