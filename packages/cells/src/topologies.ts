import { formatShape, zeros, concat, type Tensor } from "@unroll/tensor";

import { checkCount, oneOf } from "./check-options.js";
import { CellError } from "./error.js";
import type { SequenceOptions, Unrolled } from "./unroll/unroll.js";

/**
 * One output per step: `[batch, time, inputSize] -> [batch, time, outputSize]`, as in tagging. Both have time first where the layer is
 * `timeMajor`.
 */
export function manyToMany(layer: Unrolled, x: Tensor, options: SequenceOptions = {}): Tensor {
  return layer.forward(x, options).output;
}

/**
 * One output per sequence, of each row's last real step: `[batch, time, inputSize] -> [batch, outputSize]`, as in classification. Only the
 * sequence has time first where the layer is `timeMajor`.
 */
export function manyToOne(layer: Unrolled, x: Tensor, options: SequenceOptions = {}): Tensor {
  return layer.forward(x, options).last;
}

/** How {@link oneToMany} feeds its input. */
export interface OneToManyOptions extends SequenceOptions {
  /** Steps to give. */
  readonly steps: number;
  /** The same input at every step (default), or at the first with zeros after it. */
  readonly feed?: "repeat" | "first";
}

/**
 * A sequence from one input: `[batch, inputSize] -> [batch, steps, outputSize]`, as in captioning; `[steps, batch, outputSize]` where the
 * layer is `timeMajor`.
 *
 * @throws CellError `shape` or `option`
 */
export function oneToMany(layer: Unrolled, x: Tensor, { steps, feed = "repeat", ...options }: OneToManyOptions): Tensor {
  checkCount("oneToMany", "steps", steps, 0);
  oneOf("oneToMany", { feed }, { feed: ["repeat", "first"] });
  if (x.rank !== 2)
    throw new CellError("shape", `oneToMany: needs one input per row [batch, ${layer.inputSize}], got ${formatShape(x.shape)}`);
  const axis = layer.options.timeMajor === true ? 0 : 1;
  const first = x.unsqueeze({ axis });
  const times = (count: number): number[] => first.shape.with(axis, count);
  const sequence =
    feed === "repeat"
      ? first.broadcastTo(times(steps))
      : concat([first, zeros(times(Math.max(0, steps - 1)), { dtype: x.dtype })], { axis }).slice({ axis, stop: steps });
  return layer.forward(sequence, options).output;
}
