import type { Kernel } from "../backend.js";
import type { DenseTensor } from "../dense.js";
import { broadcastStrides, rowMajorStrides, sizeOf, type Shape } from "../shape.js";
import { forEachPosition, rowMajor } from "./walk.js";

/** Row by row over row-major operands; sums run in float64, whatever the dtype. */
export const matmul: Kernel = ([a, b], output) => {
  const left = a as DenseTensor;
  const right = b as DenseTensor;
  const m = output.shape.at(-2) as number;
  const n = output.shape.at(-1) as number;
  const k = left.shape.at(-1) as number;
  const batch = output.shape.slice(0, -2);
  const x = rowMajor(left);
  const y = rowMajor(right);
  const target = output.storage.data;
  const row = new Float64Array(n);
  const xs = matrices(left, batch);
  const ys = matrices(right, batch);
  for (let item = 0; item < xs.length; item++) {
    const xStart = (xs[item] as number) * m * k;
    const yStart = (ys[item] as number) * k * n;
    for (let i = 0; i < m; i++) {
      row.fill(0);
      for (let p = 0; p < k; p++) {
        const factor = x[xStart + i * k + p] as number;
        const start = yStart + p * n;
        for (let j = 0; j < n; j++) row[j] = (row[j] as number) + factor * (y[start + j] as number);
      }
      target.set(row, (item * m + i) * n);
    }
  }
};

// Which matrix of an operand serves each item of the broadcast batch.
function matrices({ shape }: DenseTensor, batch: Shape): Int32Array {
  const own = shape.slice(0, -2);
  const found = new Int32Array(sizeOf(batch));
  const strides = broadcastStrides({ shape: own, strides: rowMajorStrides(own) }, batch);
  forEachPosition(batch, strides, 0, (position, item) => (found[item] = position));
  return found;
}
