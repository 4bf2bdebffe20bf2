import type { Tensor } from "@unroll/tensor";

/**
 * Steps until half of what a unit holds is gone, if its keeping gate went on as it did: `ln(1/2) / mean(ln f)`. Infinity for a unit
 * that keeps everything, 0 for one that keeps nothing.
 *
 * @param keep - activations `[batch, time, hidden]` of the gate that keeps: f of an LSTM, z of a GRU; as `trace` gives them.
 * @returns `[hidden]`, in steps.
 */
export function memoryHalfLife(keep: Tensor): Tensor {
  return keep
    .log()
    .mean({ axes: [0, 1] })
    .abs()
    .reciprocal()
    .mul(Math.LN2);
}
