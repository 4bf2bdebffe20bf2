import { concat, formatShape, full, normal, uniform, type DType, type Generator, type Shape, type Tensor } from "@unroll/tensor";

import { fail } from "./error.js";

/** Draws the first value of a parameter. Matrices are `[out, in]`, kernels `[out, in, kernelSize]`. */
export type Initializer = (shape: Shape, generator: Generator, dtype: DType) => Tensor;

/** Every element `value`. */
export function constant(value: number): Initializer {
  return (shape, _generator, dtype) => full(shape, value, { dtype });
}

/** Uniform in [-bound, bound). */
export function uniformWithin(bound: number): Initializer {
  return (shape, generator, dtype) => uniform(shape, { generator, low: -bound, high: bound, dtype });
}

/** PyTorch's preset for every parameter of its recurrent layers: uniform within 1 / sqrt(hiddenSize). */
export function pytorchUniform(hiddenSize: number): Initializer {
  return uniformWithin(1 / Math.sqrt(hiddenSize));
}

// Inputs that one output reads, and outputs that one input reaches.
function fans([outputs = 1, inputs = 1, ...kernel]: Shape): { readonly fanIn: number; readonly fanOut: number } {
  const taps = kernel.reduce((product, length) => product * length, 1);
  return { fanIn: inputs * taps, fanOut: outputs * taps };
}

/** Uniform within sqrt(6 / (in + out)) (Glorot and Bengio 2010). */
export const glorotUniform: Initializer = (shape, generator, dtype) => {
  const { fanIn, fanOut } = fans(shape);
  return uniformWithin(Math.sqrt(6 / (fanIn + fanOut)))(shape, generator, dtype);
};

/** Normal with deviation sqrt(2 / (in + out)) (Glorot and Bengio 2010). */
export const glorotNormal: Initializer = (shape, generator, dtype) => {
  const { fanIn, fanOut } = fans(shape);
  return normal(shape, { generator, deviation: Math.sqrt(2 / (fanIn + fanOut)), dtype });
};

/** Uniform within sqrt(6 / in), for layers before a ReLU (He et al. 2015). */
export const heUniform: Initializer = (shape, generator, dtype) =>
  uniformWithin(Math.sqrt(6 / fans(shape).fanIn))(shape, generator, dtype);

/** Normal with deviation sqrt(2 / in), for layers before a ReLU (He et al. 2015). */
export const heNormal: Initializer = (shape, generator, dtype) =>
  normal(shape, { generator, deviation: Math.sqrt(2 / fans(shape).fanIn), dtype });

/** Applies `initializer` to each of `count` equal blocks of rows: one per gate. */
export function perBlock(initializer: Initializer, count: number): Initializer {
  return blocks(new Array<Initializer>(count).fill(initializer));
}

/**
 * Applies one initializer per equal block of rows.
 *
 * @throws ModuleError `shape`, when drawn, unless the rows divide into that many blocks.
 */
export function blocks(initializers: readonly Initializer[]): Initializer {
  return (shape, generator, dtype) => {
    const [rows = 0, ...rest] = shape;
    const count = initializers.length;
    if (count === 0 || rows % count !== 0) {
      fail("shape", `blocks: the rows must divide into ${count} equal blocks, got ${formatShape(shape)}`);
    }
    return concat(
      initializers.map((initializer) => initializer([rows / count, ...rest], generator, dtype)),
      { axis: 0 },
    );
  };
}
