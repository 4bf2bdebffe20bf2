import { checkCount } from "../checks/check-count.js";
import { wholeNumbers } from "../checks/check-numbers.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";

/** A baseline for language models that predict the next token. */
export interface NgramModel {
  /** Tokens that a prediction looks at, itself included. */
  readonly order: number;
  /** Share of the uniform distribution, of the relative frequencies alone, after one token, after two, …; they add up to 1. */
  readonly weights: readonly number[];
  /**
   * Mean of `-ln p(token | tokens before it)` over all tokens but the first, in nats per token: what a network that
   * reads a token and predicts the next is scored on.
   *
   * @throws DataError `too-short` with fewer than two tokens, `unknown-token` for an id outside the vocabulary.
   */
  crossEntropy(ids: Int32Array): number;
}

/** How an n-gram model is made. */
export interface NgramOptions {
  /** Tokens in an n-gram, default 3. */
  readonly order?: number;
  /** Tokens that exist; ids lie in 0..vocabularySize-1. */
  readonly vocabularySize: number;
}

/**
 * The relative frequency of each token, mixed with the uniform distribution: the {@link ngramModel} of order 1.
 *
 * @throws DataError as {@link ngramModel} does.
 */
export function unigramModel(train: Int32Array, vocabularySize: number): NgramModel {
  return ngramModel(train, { order: 1, vocabularySize });
}

/**
 * An interpolated n-gram model: `p(w | c) = λ0 / V + λ1 f(w) + λ2 f(w | 1 token before) + …`, where f are relative
 * frequencies in `train` and a context that never occurred there is read one token shorter. The weights maximise the
 * likelihood of the last tenth of `train` under counts of the rest, by expectation maximisation with one made-up
 * observation per weight so that none is 0; the counts are then those of all of `train`.
 *
 * Source: F. Jelinek and R. L. Mercer, "Interpolated estimation of Markov source parameters from sparse data", in
 * Pattern Recognition in Practice, 1980.
 *
 * @throws DataError `too-short` with fewer than 20 tokens per order; `option` when `vocabularySize ** order` exceeds 2^53.
 */
export function ngramModel(train: Int32Array, options: NgramOptions): NgramModel {
  const { order = 3, vocabularySize } = given(options);
  checkCount("ngramModel", "order", order);
  checkCount("ngramModel", "vocabularySize", vocabularySize);
  if (vocabularySize ** order > Number.MAX_SAFE_INTEGER) {
    fail(
      "option",
      `ngramModel: vocabularySize ** order must stay below 2^53, got ${vocabularySize} ** ${order}; lower the order`,
    );
  }
  const tokens = wholeNumbers("ngramModel", "train", train);
  if (tokens.length < 20 * order) {
    fail("too-short", `ngramModel: order ${order} needs at least ${20 * order} tokens, got ${tokens.length}`);
  }
  checkIds("ngramModel", tokens, vocabularySize);
  const heldOut = tokens.length - Math.floor(tokens.length / 10);
  const counts = ngramCounts(order, vocabularySize);
  counts.add(tokens, 0, heldOut);
  const weights = interpolationWeights(counts, tokens, heldOut);
  counts.add(tokens, heldOut, tokens.length);
  return {
    order,
    weights,
    crossEntropy(ids) {
      const read = wholeNumbers("crossEntropy", "ids", ids);
      if (read.length < 2) fail("too-short", `crossEntropy: needs at least 2 tokens, got ${read.length}`);
      checkIds("crossEntropy", read, vocabularySize);
      const estimates = new Float64Array(order + 1);
      let total = 0;
      for (let position = 1; position < read.length; position++) {
        counts.estimate(read, position, estimates);
        let probability = 0;
        for (let k = 0; k <= order; k++) probability += (weights[k] as number) * (estimates[k] as number);
        total -= Math.log(probability);
      }
      return total / (read.length - 1);
    },
  };
}

interface NgramCounts {
  readonly order: number;
  /** Counts the n-grams that end at positions `start..end-1`. */
  add(ids: Int32Array, start: number, end: number): void;
  /** Writes the uniform probability of `ids[position]`, then its relative frequency in contexts of 0, 1, … tokens. */
  estimate(ids: Int32Array, position: number, estimates: Float64Array): void;
}

function ngramCounts(order: number, vocabularySize: number): NgramCounts {
  // grams[k] counts sequences of k tokens, read as numbers in base vocabularySize; contexts[k] those that a token follows.
  const grams = Array.from({ length: order + 1 }, (_, k) => counter(vocabularySize ** k));
  const contexts = Array.from({ length: order }, (_, k) => counter(vocabularySize ** k));
  return {
    order,
    add(ids, start, end) {
      for (let position = start; position < end; position++) {
        let context = 0;
        let place = 1;
        for (let k = 0; k < order && k <= position; k++) {
          if (k > 0) {
            context += (ids[position - k] as number) * place;
            place *= vocabularySize;
          }
          (contexts[k] as Counter).increment(context);
          (grams[k + 1] as Counter).increment(context * vocabularySize + (ids[position] as number));
        }
      }
    },
    estimate(ids, position, estimates) {
      estimates[0] = 1 / vocabularySize;
      let context = 0;
      let place = 1;
      for (let k = 0; k < order; k++) {
        if (k > 0 && k <= position) {
          context += (ids[position - k] as number) * place;
          place *= vocabularySize;
        }
        const seen = k <= position ? (contexts[k] as Counter).get(context) : 0;
        const together = (grams[k + 1] as Counter).get(context * vocabularySize + (ids[position] as number));
        estimates[k + 1] = seen > 0 ? together / seen : (estimates[k] as number);
      }
    },
  };
}

interface Counter {
  get(key: number): number;
  increment(key: number): void;
}

// A table where it stays below 16 MiB, else a map.
function counter(keys: number): Counter {
  if (keys <= 2 ** 22) {
    const table = new Int32Array(keys);
    return {
      get: (key) => table[key] as number,
      increment(key) {
        table[key] = (table[key] as number) + 1;
      },
    };
  }
  const map = new Map<number, number>();
  return { get: (key) => map.get(key) ?? 0, increment: (key) => void map.set(key, (map.get(key) ?? 0) + 1) };
}

function interpolationWeights(counts: NgramCounts, train: Int32Array, heldOut: number): number[] {
  const components = counts.order + 1;
  const positions = train.length - heldOut;
  const estimates = new Float64Array(positions * components);
  for (let index = 0; index < positions; index++) {
    counts.estimate(train, heldOut + index, estimates.subarray(index * components, (index + 1) * components));
  }
  let weights = Array.from({ length: components }, () => 1 / components);
  for (let round = 0; round < 50; round++) {
    const expected = new Float64Array(components).fill(1);
    for (let index = 0; index < estimates.length; index += components) {
      let probability = 0;
      for (let k = 0; k < components; k++) probability += (weights[k] as number) * (estimates[index + k] as number);
      for (let k = 0; k < components; k++) {
        expected[k] = (expected[k] as number) + ((weights[k] as number) * (estimates[index + k] as number)) / probability;
      }
    }
    const next = Array.from(expected, (count) => count / (positions + components));
    const change = Math.max(...next.map((weight, k) => Math.abs(weight - (weights[k] as number))));
    weights = next;
    if (change < 1e-5) break;
  }
  return weights;
}

function checkIds(operation: string, ids: Int32Array, vocabularySize: number): void {
  const position = ids.findIndex((id) => id < 0 || id >= vocabularySize);
  if (position >= 0) {
    fail(
      "unknown-token",
      `${operation}: ids must lie in 0..${vocabularySize - 1}, got ${String(ids[position])} at position ${position}`,
    );
  }
}
