import { fromTypedArray } from "@unroll/tensor";

import type { Initializer } from "./initializers.js";

/**
 * Orthonormal rows or columns, whichever are fewer (Saxe et al. 2013): normal vectors made orthogonal by Gram and Schmidt. Axes
 * after the first count as one.
 */
export const orthogonal: Initializer = (shape, generator, dtype) => {
  const [rows = 1, ...rest] = shape;
  const columns = rest.reduce((product, length) => product * length, 1);
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => generator.normal());
    // Twice, because once is not orthogonal to rounding.
    for (let pass = 0; pass < 2; pass++) for (const other of basis) removeComponent(vector, other);
    const norm = Math.sqrt(dot(vector, vector));
    if (norm > 1e-6) basis.push(vector.map((value) => value / norm));
  }
  const flat = new Float64Array(rows * columns);
  basis.forEach((vector, index) => {
    if (rows <= columns) flat.set(vector, index * columns);
    else vector.forEach((value, row) => (flat[row * columns + index] = value));
  });
  return fromTypedArray(flat, shape).cast(dtype);
};

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function removeComponent(vector: Float64Array, unit: Float64Array): void {
  const overlap = dot(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - overlap * (unit[i] as number);
}
