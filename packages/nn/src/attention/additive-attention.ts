import { formatShape, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { Linear } from "../linear.js";
import { Module } from "../module.js";
import { clearMasked, maskedSoftmax, type Attended, type AttentionOptions } from "./masked-softmax.js";

/** Sizes of an {@link AdditiveAttention}. */
export interface AdditiveAttentionOptions {
  readonly querySize: number;
  readonly keySize: number;
  readonly hiddenSize: number;
}

/**
 * Additive attention (Bahdanau, Cho and Bengio 2015):
 *
 *   weights = softmax over keys of v^T tanh(W q + U k);  output = weights V
 *
 * `W` is `query.weight [hidden, querySize]`, `U` is `key.weight [hidden, keySize]` with `key.bias`, `v` is `energy.weight [1, hidden]`.
 */
export class AdditiveAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly energy: Linear;

  /** @throws ModuleError `option` */
  constructor({ querySize, keySize, hiddenSize }: AdditiveAttentionOptions) {
    super();
    this.query = new Linear(querySize, hiddenSize, { bias: false });
    this.key = new Linear(keySize, hiddenSize);
    this.energy = new Linear(hiddenSize, 1, { bias: false });
  }

  /**
   * `U k` for all keys `[batch, keys, keySize] -> [batch, keys, hidden]`: once per sequence, where a decoder attends step by step.
   *
   * @throws ModuleError `shape`
   */
  prepare(keys: Tensor, options: AttentionOptions = {}): Tensor {
    const [, keySize] = this.key.weight.shape;
    if (keys.rank !== 3 || keys.shape[2] !== keySize)
      fail("shape", `AdditiveAttention: needs keys [batch, keys, ${keySize}], got ${formatShape(keys.shape)}`);
    return this.key.forward(clearMasked(keys, options));
  }

  /**
   * Attends with keys of {@link prepare}.
   *
   * @param query - `[batch, queries, querySize]`
   * @param prepared - `[batch, keys, hidden]`
   * @param values - `[batch, keys, valueSize]`
   * @throws ModuleError `shape`
   */
  attend(query: Tensor, prepared: Tensor, values: Tensor, options: AttentionOptions = {}): Attended {
    const [hiddenSize, querySize] = this.query.weight.shape;
    const fits =
      query.rank === 3 &&
      prepared.rank === 3 &&
      values.rank === 3 &&
      query.shape[0] === prepared.shape[0] &&
      values.shape[0] === prepared.shape[0] &&
      values.shape[1] === prepared.shape[1] &&
      query.shape[2] === querySize &&
      prepared.shape[2] === hiddenSize;
    if (!fits) {
      const got = [query, prepared, values].map(({ shape }) => formatShape(shape)).join(", ");
      fail(
        "shape",
        `AdditiveAttention: needs queries [batch, queries, ${querySize}], prepared keys [batch, keys, ${hiddenSize}] and values [batch, keys, valueSize], got ${got}`,
      );
    }
    const sums = this.query
      .forward(query)
      .unsqueeze({ axis: 2 })
      .add(prepared.unsqueeze({ axis: 1 }));
    const weights = maskedSoftmax(this.energy.forward(sums.tanh()).squeeze({ axis: 3 }), options);
    return { output: weights.matmul(clearMasked(values, options)), weights };
  }

  /**
   * @param query - `[batch, queries, querySize]`
   * @param keys - `[batch, keys, keySize]`
   * @param values - `[batch, keys, valueSize]`
   * @throws ModuleError `shape`
   */
  forward(query: Tensor, keys: Tensor, values: Tensor, options: AttentionOptions = {}): Attended {
    return this.attend(query, this.prepare(keys, options), values, options);
  }
}
