import { formatShape, type Tensor } from "@unroll/tensor";

import { CellError } from "../error.js";

// After 2^52 factors, what a norm adds to the largest eigenvalue is below rounding.
const squarings = 52;

/**
 * The largest |eigenvalue| of a recurrent matrix `[n, n]`: above 1 the linear network's gradients explode, below 1 they vanish.
 * By Gelfand's formula, lim ||A^m||^(1/m), with m doubled by squaring; in float64.
 *
 * @throws CellError `shape`
 */
export function spectralRadius(matrix: Tensor): number {
  if (matrix.rank !== 2 || matrix.shape[0] !== matrix.shape[1]) {
    throw new CellError(
      "shape",
      `spectralRadius: needs a square matrix, got ${formatShape(matrix.shape)}; split weight_hh at its gates`,
    );
  }
  let power = matrix.toDense().cast("float64");
  let logNorm = 0;
  for (let squaring = 0; squaring <= squarings; squaring++) {
    const norm = Math.sqrt(power.square().sum().item());
    if (norm === 0) return 0;
    logNorm += Math.log(norm) / 2 ** squaring;
    power = power.div(norm);
    power = power.matmul(power);
  }
  return Math.exp(logNorm);
}
