import { checkCount } from "../checks/check-count.js";
import { checkNumbers } from "../checks/check-numbers.js";
import { given } from "../checks/given.js";
import { shuffledOrder } from "../order/shuffled-order.js";

/** Sequences put together by length. */
export interface Buckets {
  /** Positions of the sequences of each batch. */
  readonly batches: readonly Int32Array[];
  /** Share of the padded steps that are padding. */
  readonly waste: number;
  /** The same if the sequences were batched in the order they came. */
  readonly wasteInOrder: number;
}

/**
 * Batches of sequences of about equal length, so that little is padded. Sequences of one length are in random order, and
 * so are the batches; both follow from `seed` and `epoch`. Without `seed` batches go from short to long.
 *
 * @throws DataError `option` unless `batchSize` is whole and positive.
 * @example
 * bucketByLength([9, 1, 8, 2], { batchSize: 2 }); // batches [1, 3] and [2, 0], waste 2 of 22 steps instead of 14 of 34
 */
export function bucketByLength(
  lengths: ArrayLike<number>,
  options: { readonly batchSize: number; readonly seed?: number; readonly epoch?: number },
): Buckets {
  checkNumbers("bucketByLength", "lengths", lengths);
  const { batchSize, seed, epoch = 0 } = given(options);
  checkCount("bucketByLength", "batchSize", batchSize);
  const positions = shuffled(lengths.length, seed, 2 * epoch);
  const sorted = positions.slice().sort((a, b) => (lengths[a] as number) - (lengths[b] as number));
  const batches = cut(sorted, batchSize);
  return {
    batches: Array.from(shuffled(batches.length, seed, 2 * epoch + 1), (index) => batches[index] as Int32Array),
    waste: paddingWaste(lengths, batches),
    wasteInOrder: paddingWaste(lengths, cut(shuffled(lengths.length, undefined, 0), batchSize)),
  };
}

/** Share of the steps that are padding when each batch is padded to its longest sequence; 0 without steps. */
export function paddingWaste(lengths: ArrayLike<number>, batches: Iterable<ArrayLike<number>>): number {
  let real = 0;
  let padded = 0;
  for (const batch of batches) {
    const steps = Array.from(batch, (position) => lengths[position] as number);
    real += steps.reduce((sum, x) => sum + x, 0);
    padded += steps.length * Math.max(0, ...steps);
  }
  return padded === 0 ? 0 : 1 - real / padded;
}

function shuffled(length: number, seed: number | undefined, epoch: number): Int32Array {
  const order = seed === undefined ? undefined : shuffledOrder(length, { seed, epoch });
  return Int32Array.from({ length }, (_, place) => order?.at(place) ?? place);
}

function cut(positions: Int32Array, batchSize: number): Int32Array[] {
  return Array.from({ length: Math.ceil(positions.length / batchSize) }, (_, batch) =>
    positions.subarray(batch * batchSize, (batch + 1) * batchSize),
  );
}
