import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { wholeNumbers } from "../checks/check-numbers.js";
import { checkObject } from "../checks/check-object.js";
import { checkStart } from "../checks/check-start.js";
import { given } from "../checks/given.js";
import { shuffledOrder } from "../order/shuffled-order.js";
import { calendarAngle } from "./calendar.js";
import { checkScale, scaleOf, type WindowScale } from "./window-scale.js";
import type { Windows } from "./windows.js";

/** Windows side by side. Missing values are 0 with a 0 in the mask. */
export interface WindowBatch {
  /** float32 `[batch, length, features]` */
  readonly inputs: Tensor;
  /** float32 `[batch, horizon, targets]` */
  readonly targets: Tensor;
  /** bool `[batch, length, features]`, with `missing: "mask"`. */
  readonly inputMask?: Tensor;
  /** bool `[batch, horizon, targets]`, with `missing: "mask"`. */
  readonly targetMask?: Tensor;
  /** float32 `[batch, 1, targets]`, with `scale`: predictions come back by `predictions.mul(scale).add(offset)`. */
  readonly offset?: Tensor;
  readonly scale?: Tensor;
  /** Windows do not go on from one another. */
  readonly first: true;
  /** Position of each row's window. */
  readonly windows: Int32Array;
}

/** How windows are put into batches. */
export interface WindowBatchesOptions {
  readonly batchSize: number;
  /** Random order from a seed, another in each epoch; in the order of time when left out. */
  readonly shuffle?: { readonly seed: number; readonly epoch?: number };
  /** Batches already used: a pass starts behind them, which is how a shuffled epoch is resumed. Default 0. */
  readonly start?: number;
  /** Brings each window to a scale of its own, columns and lags alike; as it is when left out. */
  readonly scale?: WindowScale;
  /** Leaves out a last batch that is not full, default false. */
  readonly dropLast?: boolean;
}

/** Batches that can be iterated again and again; each pass makes new tensors, which belong to the one who reads them. */
export interface WindowBatches extends Iterable<WindowBatch> {
  /** Batches per epoch, those before `start` included. */
  readonly length: number;
}

/**
 * Batches of windows, made one at a time while iterating.
 *
 * @throws DataError `option` unless `batchSize` is whole and positive, or when `start` lies behind the last batch.
 */
export function windowBatches(source: Windows, options: WindowBatchesOptions): WindowBatches {
  checkObject("windowBatches", "source", source, "windows(series, { length: 28 })");
  const { batchSize, shuffle, start = 0, dropLast = false, scale } = given(options);
  checkCount("windowBatches", "batchSize", batchSize);
  checkScale("windowBatches", scale);
  if (shuffle !== undefined) checkObject("windowBatches", "shuffle", shuffle, "{ seed: 1 }");
  const length = dropLast ? Math.floor(source.length / batchSize) : Math.ceil(source.length / batchSize);
  checkStart("windowBatches", start, length);
  const order = shuffle && shuffledOrder(source.length, shuffle);
  return {
    length,
    *[Symbol.iterator]() {
      const fill = batchFiller(source, Math.min(batchSize, source.length), scale);
      for (let batch = start; batch < length; batch++) {
        const first = batch * batchSize;
        const rows = Math.min(batchSize, source.length - first);
        yield fill(Int32Array.from({ length: rows }, (_, row) => order?.at(first + row) ?? first + row));
      }
    },
  };
}

/** The windows at some positions as one batch. @throws DataError `option` for a position that is none. */
export function windowBatch(
  source: Windows,
  positions: ArrayLike<number>,
  { scale }: { readonly scale?: WindowScale } = {},
): WindowBatch {
  checkObject("windowBatch", "source", source, "windows(series, { length: 28 })");
  checkScale("windowBatch", scale);
  const chosen = wholeNumbers("windowBatch", "positions", positions).slice();
  return batchFiller(source, chosen.length, scale)(chosen);
}

const unscaled = { offset: 0, scale: 1 };

// Buffers are made once for all batches of a pass; tensors copy them.
function batchFiller(
  source: Windows,
  batchSize: number,
  scaling: WindowScale | undefined,
): (positions: Int32Array) => WindowBatch {
  const { series, inputLength, horizon, columns, calendar } = source;
  const width = source.inputNames.length;
  const targets = source.targetNames.map((name) => series.values(name));
  const inputs = new Float32Array(batchSize * inputLength * width);
  const outputs = new Float32Array(batchSize * horizon * targets.length);
  const offsets = new Float32Array(batchSize * targets.length);
  const scales = new Float32Array(batchSize * targets.length);
  return (positions) => {
    positions.forEach((position, index) => {
      const { inputStart, inputEnd, targetStart } = source.rows(position);
      const ownScale = (values: Float64Array): { readonly offset: number; readonly scale: number } =>
        scaling === undefined ? unscaled : scaleOf(scaling, values, inputStart, inputEnd);
      const from = index * inputLength * width;
      columns.forEach(({ values, lag }, feature) => {
        const { offset, scale } = ownScale(values);
        for (let t = 0; t < inputLength; t++) {
          inputs[from + t * width + feature] = ((values[inputStart + t - lag] as number) - offset) / scale;
        }
      });
      calendar.forEach((name, k) => {
        for (let t = 0; t < inputLength; t++) {
          const angle = calendarAngle(name, series.times?.[inputStart + t] as number);
          inputs[from + t * width + columns.length + 2 * k] = Math.sin(angle);
          inputs[from + t * width + columns.length + 2 * k + 1] = Math.cos(angle);
        }
      });
      targets.forEach((values, target) => {
        const { offset, scale } = ownScale(values);
        for (let t = 0; t < horizon; t++) {
          outputs[(index * horizon + t) * targets.length + target] = ((values[targetStart + t] as number) - offset) / scale;
        }
        offsets[index * targets.length + target] = offset;
        scales[index * targets.length + target] = scale;
      });
    });
    const inputShape = [positions.length, inputLength, width];
    const targetShape = [positions.length, horizon, targets.length];
    const readInputs = inputs.subarray(0, positions.length * inputLength * width);
    const readTargets = outputs.subarray(0, positions.length * horizon * targets.length);
    const masks = source.masked
      ? { inputMask: takeMask(readInputs, inputShape), targetMask: takeMask(readTargets, targetShape) }
      : {};
    const own = (values: Float32Array): Tensor =>
      fromTypedArray(values.subarray(0, positions.length * targets.length), [positions.length, 1, targets.length]);
    return {
      inputs: fromTypedArray(readInputs, inputShape),
      targets: fromTypedArray(readTargets, targetShape),
      ...masks,
      ...(scaling === undefined ? {} : { offset: own(offsets), scale: own(scales) }),
      first: true,
      windows: positions,
    };
  };
}

// Turns NaN into 0 and says where there was none.
function takeMask(values: Float32Array, shape: readonly number[]): Tensor {
  const mask = new Uint8Array(values.length);
  values.forEach((value, index) => {
    if (Number.isNaN(value)) values[index] = 0;
    else mask[index] = 1;
  });
  return fromTypedArray(mask, shape);
}
