import { formatShape, zeros, concat, type Tensor } from "@unroll/tensor";

import { CellError } from "./error.js";
import type { SequenceOptions, Unrolled } from "./unroll/unroll.js";

/** One output per step: `[batch, time, inputSize] -> [batch, time, outputSize]`, as in tagging. */
export function manyToMany(layer: Unrolled, x: Tensor, options: SequenceOptions = {}): Tensor {
  return layer.forward(x, options).output;
}

/** One output per sequence, of each row's last real step: `[batch, time, inputSize] -> [batch, outputSize]`, as in classification. */
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
 * A sequence from one input: `[batch, inputSize] -> [batch, steps, outputSize]`, as in captioning.
 *
 * @throws CellError `shape` or `option`
 */
export function oneToMany(layer: Unrolled, x: Tensor, { steps, feed = "repeat", ...options }: OneToManyOptions): Tensor {
  if (!Number.isInteger(steps) || steps < 0)
    throw new CellError("option", `oneToMany: steps must be an integer >= 0, got ${steps}`);
  if (x.rank !== 2)
    throw new CellError("shape", `oneToMany: needs one input per row [batch, ${layer.inputSize}], got ${formatShape(x.shape)}`);
  const [batch = 0, size = 0] = x.shape;
  const first = x.unsqueeze({ axis: 1 });
  const rest = Math.max(0, steps - 1);
  const sequence =
    feed === "repeat"
      ? first.broadcastTo([batch, steps, size])
      : concat([first, zeros([batch, rest, size], { dtype: x.dtype })], { axis: 1 }).slice({ axis: 1, stop: steps });
  return layer.forward(sequence, options).output;
}
