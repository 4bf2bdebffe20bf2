/**
 * Largest absolute eigenvalue of a square matrix, complex ones included: the limit of `|A^n|^(1/n)` (Gelfand 1941), with n
 * doubled by squaring until the first nine digits stand.
 *
 * @param matrix - n x n elements in row-major order.
 */
export function spectralRadius(matrix: ArrayLike<number>): number {
  const n = Math.round(Math.sqrt(matrix.length));
  let power: Float64Array = Float64Array.from(matrix);
  let logarithm = 0;
  let before = NaN;
  for (let doublings = 0; doublings <= 40; doublings++) {
    const norm = Math.hypot(...power);
    if (norm === 0 || !Number.isFinite(norm)) return norm;
    logarithm = 2 * logarithm + Math.log(norm);
    const estimate = Math.exp(logarithm / 2 ** doublings);
    if (Math.abs(estimate - before) <= 1e-10 * estimate) return estimate;
    before = estimate;
    power = squared(
      power.map((value) => value / norm),
      n,
    );
  }
  return before;
}

function squared(a: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < n; k++) {
      const factor = a[row * n + k] as number;
      for (let column = 0; column < n; column++) {
        product[row * n + column] = (product[row * n + column] as number) + factor * (a[k * n + column] as number);
      }
    }
  }
  return product;
}
