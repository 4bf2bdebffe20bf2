import { concat, onesLike, zerosLike, type Tensor } from "@unroll/tensor";

import type { LayerBuilder } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";

type Operation = (inputs: readonly Tensor[], config: LayerConfig) => Tensor;

const binary =
  (join: (a: Tensor, b: Tensor) => Tensor): Operation =>
  ([a, b], config) =>
    a === undefined || b === undefined ? config.refuse("joins two tensors, got fewer", "save the model again") : join(a, b);

const unary =
  (map: (x: Tensor, config: LayerConfig) => Tensor): Operation =>
  ([x], config) =>
    x === undefined ? config.refuse("takes a tensor, got none", "save the model again") : map(x, config);

const inDtype = (x: Tensor, config: LayerConfig): Tensor => (config.value("dtype") === "bool" ? x.cast("bool") : x);

// Those that Keras 3 writes into a graph to carry masks along, and arithmetic.
const operations: Readonly<Record<string, Operation>> = {
  Add: binary((a, b) => a.add(b)),
  Subtract: binary((a, b) => a.sub(b)),
  Multiply: binary((a, b) => a.mul(b)),
  Divide: binary((a, b) => a.div(b)),
  TrueDivide: binary((a, b) => a.div(b)),
  Equal: binary((a, b) => a.equal(b)),
  NotEqual: binary((a, b) => a.notEqual(b)),
  Greater: binary((a, b) => a.greater(b)),
  Less: binary((a, b) => a.less(b)),
  LogicalAnd: binary((a, b) => a.logicalAnd(b)),
  LogicalOr: binary((a, b) => a.logicalOr(b)),
  LogicalNot: unary((x) => x.logicalNot()),
  Any: unary((x, config) => {
    const axes = config.value("axis") === undefined ? {} : { axes: config.integers("axis") };
    const largest = x.cast("int32").max({ ...axes, keepDims: config.boolean("keepdims") });
    return largest.notEqual(0);
  }),
  ExpandDims: unary((x, config) => x.unsqueeze({ axis: config.integer("axis", { least: -x.rank - 1 }) })),
  Squeeze: unary((x, config) => x.squeeze({ axis: config.integer("axis", { least: -x.rank }) })),
  ZerosLike: unary((x, config) => inDtype(zerosLike(x), config)),
  OnesLike: unary((x, config) => inDtype(onesLike(x), config)),
  Concatenate: (inputs, config) => concat(inputs, { axis: config.integers("axis", [-1])[0] as number }),
};

/** How to make each operation that stands in a graph without being a layer, by class. */
export const operationBuilders: readonly (readonly [string, LayerBuilder])[] = /* @__PURE__ */ Object.entries(operations).map(
  ([name, run]) => [
    `ops.${name}`,
    (config) => ({
      run: (inputs) => ({
        outputs: [
          {
            value: run(
              inputs.map(({ value }) => value),
              config,
            ),
          },
        ],
      }),
    }),
  ],
);
