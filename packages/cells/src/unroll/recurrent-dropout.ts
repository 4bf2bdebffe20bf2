import { concat, evaluator, Tensor, type DenseTensor, type DType, type Interpreter, type Shape } from "@unroll/tensor";

import { CellError } from "../error.js";

/** Rows of a recurrent weight matrix, and the mask with which the state enters each block of them. */
interface MaskedBlocks {
  /** `[rows, width]`, all blocks of equal height; or `[width]`, one weight per unit. */
  readonly weight: Tensor;
  /** One `[batch, width]` per block. */
  readonly masks: readonly Tensor[];
  readonly transposed: boolean;
}

/**
 * A recurrent weight that drops parts of the state, another part for every gate (Gal and Ghahramani 2016). It stands in for
 * `weightHh` and takes part in `h.matmul(weightHh.transpose())` block by block, so that the step of any cell stays as it is.
 */
export class MaskedWeight extends Tensor {
  readonly blocks: MaskedBlocks;
  readonly interpreter: Interpreter = maskedWeights;

  constructor(blocks: MaskedBlocks) {
    super();
    this.blocks = blocks;
  }

  override get shape(): Shape {
    const { weight, transposed } = this.blocks;
    return transposed ? [...weight.shape].reverse() : weight.shape;
  }

  override get dtype(): DType {
    return this.blocks.weight.dtype;
  }

  override toDense(): DenseTensor {
    return this.blocks.weight.toDense();
  }

  override dispose(): void {
    this.blocks.weight.dispose();
  }
}

// Above every tape, as parameters are: what it does is recorded on whatever the state and the weight belong to.
const maskedWeights: Interpreter = {
  level: Infinity,
  name: "recurrent dropout",
  apply(primitive, inputs, attributes) {
    const weight = inputs.find((input) => input instanceof MaskedWeight) as MaskedWeight;
    const { blocks } = weight;
    if (primitive.name === "permute" && blocks.weight.rank === 2)
      return [new MaskedWeight({ ...blocks, transposed: !blocks.transposed })];
    if (primitive.name === "split" && !blocks.transposed)
      return splitRows(blocks, (attributes as { readonly sizes: readonly number[] }).sizes);
    if (primitive.name === "matmul" && inputs[1] === weight && blocks.transposed) return [product(inputs[0] as Tensor, blocks)];
    if (primitive.name === "mul" && blocks.weight.rank === 1) {
      const state = inputs.find((input) => input !== weight) as Tensor;
      return [state.mul(blocks.masks[0] as Tensor).mul(blocks.weight)];
    }
    throw new CellError(
      "option",
      `recurrentDropout: a step may use weightHh only as h.matmul(weightHh.transpose()), or split its rows at gates, got ${primitive.name}; rewrite it or leave the option out`,
    );
  },
  constant: (value, dtype) => evaluator.constant(value, dtype),
};

function product(h: Tensor, { weight, masks }: MaskedBlocks): Tensor {
  const parts = weight.split(masks.length, { axis: 0 });
  const products = parts.map((part, gate) => h.mul(masks[gate] as Tensor).matmul(part.transpose()));
  return concat(products, { axis: 1 });
}

function splitRows({ weight, masks }: MaskedBlocks, sizes: readonly number[]): Tensor[] {
  const height = (weight.shape[0] as number) / masks.length;
  let first = 0;
  return weight.split(sizes, { axis: 0 }).map((part, index) => {
    const count = (sizes[index] as number) / height;
    if (!Number.isInteger(count)) {
      throw new CellError(
        "option",
        `recurrentDropout: weightHh must be split between gates of ${height} rows, got parts of ${sizes.join(", ")}`,
      );
    }
    first += count;
    return new MaskedWeight({ weight: part, masks: masks.slice(first - count, first), transposed: false });
  });
}
