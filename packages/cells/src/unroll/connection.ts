import { constant, glorotUniform, Parameter } from "@unroll/nn";
import type { DType, Tensor } from "@unroll/tensor";

import { affine } from "../cells/affine.js";
import { CellError } from "../error.js";

/**
 * What goes past a layer: nothing; its input, added to its output (`"residual"`, He et al. 2016); or a learned mixture of both
 * (`"highway"`, Srivastava et al. 2015).
 */
export type Connection = "none" | "residual" | "highway";

/** The way around one layer, with the parameters it takes. */
export interface Bypass {
  readonly parameters: readonly (readonly [name: string, parameter: Parameter])[];
  /** Joins input and output of the layer, both `[…, width]`. */
  join(input: Tensor, output: Tensor): Tensor;
}

/**
 * Makes the way around a layer, if it has one:
 *
 *   residual:  y = output + x
 *   highway:   y = t * output + (1 - t) * x,  t = sigmoid(W_highway x + b_highway), b_highway starts at -1
 *
 * @throws CellError `option` when input and output differ in width.
 */
export function makeBypass(connection: Connection, { layer, inputSize, outputSize, dtype }: BypassSizes): Bypass | undefined {
  if (connection === "none") return undefined;
  if (inputSize !== outputSize) {
    throw new CellError(
      "option",
      `unroll: a ${connection} connection needs a layer as wide as its input, got ${inputSize} -> ${outputSize} at layer ${layer}; set its hiddenSize or its connection`,
    );
  }
  if (connection === "residual") return { parameters: [], join: (input, output) => output.add(input) };
  const weight = new Parameter({ shape: [outputSize, outputSize], initializer: glorotUniform, dtype });
  const bias = new Parameter({ shape: [outputSize], initializer: constant(-1), dtype });
  return {
    parameters: [
      [`weight_highway_l${layer}`, weight],
      [`bias_highway_l${layer}`, bias],
    ],
    join(input, output) {
      const rows = affine(input.reshape([-1, outputSize]), weight.value, bias.value)
        .sigmoid()
        .reshape(input.shape);
      return input.add(rows.mul(output.sub(input)));
    },
  };
}

interface BypassSizes {
  readonly layer: number;
  readonly inputSize: number;
  readonly outputSize: number;
  readonly dtype: DType;
}
