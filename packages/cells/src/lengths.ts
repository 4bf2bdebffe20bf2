import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { CellError } from "./error.js";

/** The steps of a ragged batch: which are real, and where each row's reverse reading finds its elements. */
export class Lengths {
  readonly #lengths: Int32Array;
  readonly #time: number;

  /** @throws CellError `lengths` unless there is one length in 0..time per row. */
  constructor(lengths: Int32Array, { batch, time }: { readonly batch: number; readonly time: number }) {
    if (lengths.length !== batch || lengths.some((length) => length < 0 || length > time)) {
      throw new CellError(
        "lengths",
        `unroll: needs one length in 0..${time} for each of ${batch} rows, got [${Array.from(lengths.slice(0, 8)).join(", ")}]`,
      );
    }
    this.#lengths = lengths;
    this.#time = time;
  }

  /** Whether any row is shorter than the batch. */
  get ragged(): boolean {
    return this.#lengths.some((length) => length < this.#time);
  }

  /** `[batch, 1]` bool: which rows are still running at step `t`. */
  mask(t: number): Tensor {
    const running = Uint8Array.from(this.#lengths, (length) => Number(t < length));
    return fromTypedArray(running, [running.length, 1]);
  }

  /** Reverses `[batch, time, features]` inside each row's own length; the padding stays in place. Its own inverse. */
  reverse(x: Tensor): Tensor {
    const [batch = 0, time = 0, features = 0] = x.shape;
    const positions = new Int32Array(batch * time);
    this.#lengths.forEach((length, row) => {
      for (let t = 0; t < time; t++) positions[row * time + t] = row * time + (t < length ? length - 1 - t : t);
    });
    return x
      .reshape([batch * time, features])
      .take(fromTypedArray(positions, [batch * time]), { axis: 0 })
      .reshape([batch, time, features]);
  }
}
