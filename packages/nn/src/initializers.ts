import { concat, fromTypedArray, full, uniform, type DType, type Generator, type Shape, type Tensor } from "@unroll/tensor";

/** Draws the first value of a parameter. Matrices are `[out, in]`. */
export type Initializer = (shape: Shape, generator: Generator, dtype: DType) => Tensor;

/** Every element `value`. */
export function constant(value: number): Initializer {
  return (shape, _generator, dtype) => full(shape, value, { dtype });
}

/** Uniform in [-bound, bound); PyTorch's recurrent layers use 1 / sqrt(hiddenSize). */
export function uniformWithin(bound: number): Initializer {
  return (shape, generator, dtype) => uniform(shape, { generator, low: -bound, high: bound, dtype });
}

/** Uniform within sqrt(6 / (in + out)) (Glorot and Bengio 2010). */
export const glorotUniform: Initializer = (shape, generator, dtype) => {
  const [fanOut = 1, fanIn = 1] = shape;
  return uniformWithin(Math.sqrt(6 / (fanIn + fanOut)))(shape, generator, dtype);
};

/** Orthonormal rows or columns, whichever are fewer (Saxe et al. 2013), by Gram and Schmidt. */
export const orthogonal: Initializer = ([rows = 1, columns = 1], generator, dtype) => {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => generator.normal());
    // Twice, because once is not orthogonal to rounding.
    for (let pass = 0; pass < 2; pass++) {
      for (const other of basis) {
        const overlap = other.reduce((sum, value, i) => sum + value * (vector[i] as number), 0);
        for (let i = 0; i < length; i++) vector[i] = (vector[i] as number) - overlap * (other[i] as number);
      }
    }
    const norm = Math.hypot(...vector);
    if (norm > 1e-6) basis.push(vector.map((value) => value / norm));
  }
  const flat = Float64Array.from({ length: rows * columns }, (_, position) => {
    const row = Math.floor(position / columns);
    const column = position % columns;
    return (rows <= columns ? basis[row]?.[column] : basis[column]?.[row]) as number;
  });
  return fromTypedArray(flat, [rows, columns]).cast(dtype);
};

/** Applies `initializer` to each of `count` equal blocks of rows: one per gate. */
export function perBlock(initializer: Initializer, count: number): Initializer {
  return blocks(new Array<Initializer>(count).fill(initializer));
}

/** Applies one initializer per equal block of rows. */
export function blocks(initializers: readonly Initializer[]): Initializer {
  return ([rows = 0, ...rest], generator, dtype) =>
    concat(
      initializers.map((initializer) => initializer([rows / initializers.length, ...rest], generator, dtype)),
      { axis: 0 },
    );
}
