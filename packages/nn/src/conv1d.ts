import { concat, formatShape, pad, type Tensor } from "@unroll/tensor";

import { checkSizes, checkWord } from "./check-options.js";
import { fail } from "./error.js";
import { constant, glorotUniform, type Initializer } from "./initializers.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** How a {@link Conv1d} reads its sequence. */
export interface Conv1dOptions {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Steps that one output reads. */
  readonly kernelSize: number;
  /** Distance between the steps read, default 1. */
  readonly dilation?: number;
  /**
   * `"causal"` (default): zeros before the start, so that output t reads no step after t. `"same"`: zeros on both sides, the
   * odd one at the end. `"none"`: the output is `(kernelSize - 1) * dilation` steps shorter.
   */
  readonly padding?: "causal" | "same" | "none";
  /** Default true. */
  readonly bias?: boolean;
  /** Of the weight, default {@link glorotUniform}. */
  readonly initializer?: Initializer;
}

/**
 * Convolution over time (cross-correlation, as in PyTorch): `[batch, time, in] -> [batch, time, out]`;
 * `weight [out, in, kernelSize]`, `bias [out]`.
 *
 *   y_t = b + sum over k of W_k x_(t + k * dilation - before), x = 0 outside
 */
export class Conv1d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  readonly dilation: number;
  /** Zeros read before the first step and after the last. */
  readonly padding: { readonly before: number; readonly after: number };

  /** @throws ModuleError `option` */
  constructor({
    inputSize,
    outputSize,
    kernelSize,
    dilation = 1,
    padding = "causal",
    bias = true,
    initializer = glorotUniform,
  }: Conv1dOptions) {
    super();
    checkSizes("Conv1d", { inputSize, outputSize, kernelSize, dilation });
    const reach = (kernelSize - 1) * dilation;
    const starts = { causal: reach, same: Math.floor(reach / 2), none: 0 };
    checkWord("Conv1d", "padding", padding, Object.keys(starts));
    const before = starts[padding];
    this.padding = { before, after: padding === "same" ? reach - before : 0 };
    this.dilation = dilation;
    this.weight = new Parameter({ shape: [outputSize, inputSize, kernelSize], initializer });
    this.bias = bias ? new Parameter({ shape: [outputSize], initializer: constant(0) }) : undefined;
  }

  /** Steps that one output sees, counted from the first to the last. */
  get receptiveField(): number {
    return ((this.weight.shape[2] as number) - 1) * this.dilation + 1;
  }

  /**
   * @param x - `[batch, time, in]`
   * @throws ModuleError `shape`
   */
  forward(x: Tensor): Tensor {
    const [outputSize, inputSize, kernelSize] = this.weight.shape as readonly [number, number, number];
    const { before, after } = this.padding;
    const [batch = 0, time = 0] = x.shape;
    const steps = time + before + after - (kernelSize - 1) * this.dilation;
    if (x.rank !== 3 || x.shape[2] !== inputSize)
      fail("shape", `Conv1d: needs [batch, time, ${inputSize}], got ${formatShape(x.shape)}`);
    if (steps < 0) fail("shape", `Conv1d: needs at least ${time - steps} steps, got ${time}; pad the sequence`);
    const padded = before + after === 0 ? x : pad(x, { before: [0, before, 0], after: [0, after, 0] });
    // All taps side by side, so that the whole sequence is one matrix product.
    const taps = Array.from({ length: kernelSize }, (_, k) =>
      padded.slice({ axis: 1, start: k * this.dilation, stop: k * this.dilation + steps }),
    );
    const window = (kernelSize === 1 ? (taps[0] as Tensor) : concat(taps, { axis: 2 })).reshape([
      batch * steps,
      kernelSize * inputSize,
    ]);
    const weight = this.weight.permute([0, 2, 1]).reshape([outputSize, kernelSize * inputSize]);
    const product = window.matmul(weight.transpose());
    return (this.bias === undefined ? product : product.add(this.bias)).reshape([batch, steps, outputSize]);
  }
}
