import { formatShape, type Tensor } from "@unroll/tensor";

import { Dropout } from "./dropout.js";
import { fail } from "./error.js";
import { LayerNorm } from "./layer-norm.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";

/** Sizes of a {@link MixerBlock}. */
export interface MixerBlockOptions {
  /** Steps of a window; fixed, since time is mixed by a matrix. */
  readonly time: number;
  readonly features: number;
  /** Width inside the mixing over time, default `time`. */
  readonly timeHidden?: number;
  /** Width inside the mixing over features, default `features`. */
  readonly featureHidden?: number;
  /** Share dropped after each mixing, default 0. */
  readonly dropout?: number;
}

// linear, gelu, linear over the last axis.
class Mlp extends Module {
  readonly up: Linear;
  readonly down: Linear;

  constructor(size: number, hidden: number) {
    super();
    this.up = new Linear(size, hidden);
    this.down = new Linear(hidden, size);
  }

  forward(x: Tensor): Tensor {
    return this.down.forward(this.up.forward(x).gelu());
  }
}

/**
 * A block of an MLP-Mixer (Tolstikhin et al. 2021) on windows: every step sees every other, forwards and backwards.
 *
 *   u = x + mix over time(layerNorm(x));  y = u + mix over features(layerNorm(u))
 *
 * `[batch, time, features] -> [batch, time, features]`; a mixing is linear, GELU, linear.
 */
export class MixerBlock extends Module {
  readonly timeNorm: LayerNorm;
  readonly timeMixing: Mlp;
  readonly featureNorm: LayerNorm;
  readonly featureMixing: Mlp;
  readonly dropout: Dropout;

  /** @throws ModuleError `option` */
  constructor({ time, features, timeHidden = time, featureHidden = features, dropout = 0 }: MixerBlockOptions) {
    super();
    this.timeNorm = new LayerNorm(features);
    this.timeMixing = new Mlp(time, timeHidden);
    this.featureNorm = new LayerNorm(features);
    this.featureMixing = new Mlp(features, featureHidden);
    this.dropout = new Dropout(dropout);
  }

  /**
   * @param x - `[batch, time, features]`
   * @throws ModuleError `shape`
   */
  forward(x: Tensor): Tensor {
    const [time] = this.timeMixing.down.weight.shape;
    const [features] = this.timeNorm.weight.shape;
    if (x.rank !== 3 || x.shape[1] !== time || x.shape[2] !== features)
      fail("shape", `MixerBlock: needs [batch, ${time}, ${features}], got ${formatShape(x.shape)}`);
    const overTime = this.timeMixing.forward(this.timeNorm.forward(x).transpose()).transpose();
    const mixed = x.add(this.dropout.forward(overTime));
    return mixed.add(this.dropout.forward(this.featureMixing.forward(this.featureNorm.forward(mixed))));
  }
}
