import { fromTypedArray, sameShape, Tensor, where, zeros } from "@unroll/tensor";

import { CellError } from "../error.js";
import { showValue } from "../show-value.js";

/** Which steps of a batch are real. Where a step is not, the state of its row stays as it was. */
export class StepMask {
  /** Which rows run at each step: `[batch, 1]` bool. */
  readonly columns: readonly Tensor[];
  /** How many of them do. */
  readonly running: readonly ("all" | "some" | "none")[];
  /** `[batch, time, 1]` bool. */
  readonly real: Tensor;
  readonly #steps: Uint8Array;
  readonly #batch: number;
  readonly #time: number;

  private constructor(steps: Uint8Array, batch: number, time: number) {
    this.#steps = steps;
    this.#batch = batch;
    this.#time = time;
    this.real = fromTypedArray(steps, [batch, time, 1]);
    this.columns = this.real.unstack({ axis: 1 });
    this.running = this.columns.map((_, t) => {
      let count = 0;
      for (let row = 0; row < batch; row++) count += steps[row * time + t] as number;
      return count === batch ? "all" : count === 0 ? "none" : "some";
    });
  }

  /**
   * From the number of real steps of each row, which stand first; undefined where every step is real.
   *
   * @throws CellError `lengths` unless it is an `Int32Array` of one length in 0..time per row.
   */
  static fromLengths(lengths: unknown, { batch, time }: Extent): StepMask | undefined {
    if (!(lengths instanceof Int32Array)) {
      const [got, source] = Tensor.isTensor(lengths) ? ["a tensor", "lengths.toTypedArray()"] : [showValue(lengths), "lengths"];
      throw new CellError("lengths", `unroll: lengths must be an Int32Array, got ${got}; use Int32Array.from(${source})`);
    }
    if (lengths.length !== batch || lengths.some((length) => length < 0 || length > time)) {
      const got = `[${Array.from(lengths.slice(0, 8)).join(", ")}${lengths.length > 8 ? ", …" : ""}]`;
      throw new CellError("lengths", `unroll: needs one length in 0..${time} for each of ${batch} rows, got ${got}`);
    }
    if (lengths.every((length) => length === time)) return undefined;
    const steps = Uint8Array.from({ length: batch * time }, (_, at) =>
      Number(at % time < (lengths[Math.floor(at / time)] as number)),
    );
    return new StepMask(steps, batch, time);
  }

  /**
   * From `[batch, time]`, true (not 0) at real steps, wherever they stand; undefined where every step is real.
   *
   * @throws CellError `lengths` unless it is a tensor of this shape.
   */
  static fromMask(mask: unknown, { batch, time }: Extent): StepMask | undefined {
    if (!Tensor.isTensor(mask) || !sameShape(mask.shape, [batch, time])) {
      throw new CellError("lengths", `unroll: the mask must be [batch, time] = [${batch}, ${time}], got ${showValue(mask)}`);
    }
    const steps = Uint8Array.from(mask.toTypedArray(), (value) => Number(value !== 0));
    return steps.every((value) => value === 1) ? undefined : new StepMask(steps, batch, time);
  }

  /**
   * The same int32 `[batch, time]` at real steps, and at all others what stands at one of these: padding may hold anything. Undefined
   * where no step is real.
   */
  overPadding(indices: Tensor): Tensor | undefined {
    const values = Int32Array.from(indices.toTypedArray());
    const real = values[this.#steps.indexOf(1)];
    if (real === undefined) return undefined;
    return fromTypedArray(
      values.map((value, at) => (this.#steps[at] === 1 ? value : real)),
      indices.shape,
    );
  }

  /** Picks from `[batch, time, width]` each row's last real step, or its first: `[batch, width]`, 0 for a row without. */
  pick(x: Tensor, { first }: { readonly first: boolean }): Tensor {
    const width = x.shape[2] as number;
    const positions = new Int32Array(this.#batch);
    const found = new Uint8Array(this.#batch);
    for (let row = 0; row < this.#batch; row++) {
      const steps = this.#steps.subarray(row * this.#time, (row + 1) * this.#time);
      const at = first ? steps.indexOf(1) : steps.lastIndexOf(1);
      positions[row] = row * this.#time + Math.max(at, 0);
      found[row] = Number(at >= 0);
    }
    const rows = x.reshape([this.#batch * this.#time, width]).take(fromTypedArray(positions, [this.#batch]), { axis: 0 });
    return where(fromTypedArray(found, [this.#batch, 1]), rows, 0);
  }
}

/**
 * What a layer read last of `x [batch, time, width]`: `[batch, width]`, at each row's last real step, or its first where it reads
 * backwards; 0 for a row without.
 */
export function lastRead(
  x: Tensor,
  { mask, reverse }: { readonly mask: StepMask | undefined; readonly reverse: boolean },
): Tensor {
  if (mask !== undefined) return mask.pick(x, { first: reverse });
  const [batch = 0, time = 0, width = 0] = x.shape;
  if (time === 0) return zeros([batch, width], { dtype: x.dtype });
  const start = reverse ? 0 : time - 1;
  // A copy does not hold on to the steps before, nor go with them.
  return x
    .slice({ axis: 1, start, stop: start + 1 })
    .squeeze({ axis: 1 })
    .copy();
}

interface Extent {
  readonly batch: number;
  readonly time: number;
}
