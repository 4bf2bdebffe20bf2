import type { Tensor } from "@unroll/tensor";

import { Conv1d } from "./conv1d.js";
import { Dropout } from "./dropout.js";
import { Linear } from "./linear.js";
import { heUniform } from "./initializers.js";
import { Module } from "./module.js";

/** Sizes of a {@link TcnBlock}. */
export interface TcnBlockOptions {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Default 3. */
  readonly kernelSize?: number;
  /** Distance between the steps read, default 1; doubled from block to block in a stack. */
  readonly dilation?: number;
  /** Share of features dropped for the whole sequence after each convolution, default 0. */
  readonly dropout?: number;
}

/**
 * A residual block of a temporal convolutional network (Bai, Kolter and Koltun 2018), without weight normalisation:
 *
 *   h = dropout(relu(conv1(x)));  y = relu(dropout(relu(conv2(h))) + skip(x))
 *
 * Causal: output t reads no step after t. `[batch, time, inputSize] -> [batch, time, outputSize]`; `skip` is the
 * identity where both sizes agree, else a linear map.
 */
export class TcnBlock extends Module {
  readonly conv1: Conv1d;
  readonly conv2: Conv1d;
  readonly skip: Linear | undefined;
  readonly dropout: Dropout;

  /** @throws ModuleError `option` */
  constructor({ inputSize, outputSize, kernelSize = 3, dilation = 1, dropout = 0 }: TcnBlockOptions) {
    super();
    const shared = { outputSize, kernelSize, dilation, initializer: heUniform };
    this.conv1 = new Conv1d({ ...shared, inputSize });
    this.conv2 = new Conv1d({ ...shared, inputSize: outputSize });
    this.skip = inputSize === outputSize ? undefined : new Linear(inputSize, outputSize);
    this.dropout = new Dropout(dropout, { sharedAxes: [1] });
  }

  /** Steps that one output sees: itself and those before it. In a stack, fields add up, less one per block. */
  get receptiveField(): number {
    return 2 * this.conv1.receptiveField - 1;
  }

  /** @param x - `[batch, time, inputSize]` */
  forward(x: Tensor): Tensor {
    const hidden = this.dropout.forward(this.conv1.forward(x).relu());
    const change = this.dropout.forward(this.conv2.forward(hidden).relu());
    return change.add(this.skip?.forward(x) ?? x).relu();
  }
}
