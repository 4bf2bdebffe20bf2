import type { Kernel } from "../backend.js";
import type { DenseTensor } from "../dense.js";
import { sizeOf } from "../shape.js";
import { rowMajor } from "./walk.js";

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
  for (let item = 0; item < sizeOf(batch); item++) {
    const xStart = batchPosition(item, batch, left) * m * k;
    const yStart = batchPosition(item, batch, right) * k * n;
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

/** Which matrix of an operand serves item `item` of the broadcast batch. */
export function batchPosition(item: number, batch: readonly number[], operand: { readonly shape: readonly number[] }): number {
  const own = operand.shape.slice(0, -2);
  let rest = item;
  let position = 0;
  let stride = 1;
  for (let fromEnd = 1; fromEnd <= batch.length; fromEnd++) {
    const length = batch[batch.length - fromEnd] as number;
    const index = rest % length;
    rest = (rest - index) / length;
    const mine = own[own.length - fromEnd] ?? 1;
    if (mine !== 1) position += index * stride;
    stride *= mine;
  }
  return position;
}
