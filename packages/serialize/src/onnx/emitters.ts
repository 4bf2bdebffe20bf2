import {
  full,
  promote,
  type ArgsortAttributes,
  type AxisAttributes,
  type CastAttributes,
  type CumsumAttributes,
  type DType,
  type PadAttributes,
  type PermuteAttributes,
  type ReduceAttributes,
  type Shape,
  type ShapeAttributes,
  type ShapedArray,
  type SliceAttributes,
  type SplitAttributes,
} from "@unroll/tensor";

import type { GraphBuilder } from "./graph-builder.js";
import { elementOfDtype } from "./tensor-proto.js";

interface EmittedValue extends ShapedArray {
  readonly name: string;
}

/** A primitive about to be written as nodes. */
export interface Emission<A = never> {
  readonly graph: GraphBuilder;
  readonly inputs: readonly EmittedValue[];
  readonly outputs: readonly ShapedArray[];
  readonly attributes: A;
}

/** Writes one primitive into a graph and returns the names of its outputs. */
type Emitter = (emission: Emission) => string[];

// Ends of slices that go as far as they can.
const farBack = -(2 ** 63);
const farAhead = 2 ** 62;

function as(graph: GraphBuilder, { name, dtype }: EmittedValue, wanted: DType): string {
  return dtype === wanted ? name : graph.one("Cast", [name], { to: elementOfDtype[wanted] });
}

function emitter<A>(write: (emission: Emission<A>, x: string) => string): Emitter {
  return (emission) => [write(emission, (emission.inputs[0] as EmittedValue).name)];
}

const unary = (opType: string): Emitter => emitter(({ graph }, x) => graph.one(opType, [x]));

const promoted = (inputs: readonly EmittedValue[]): DType => inputs.map(({ dtype }) => dtype).reduce(promote);

// All operands in the dtype of the result, as ONNX asks for; it has no arithmetic on booleans.
const arithmetic = (opType: string): Emitter =>
  emitter(({ graph, inputs, outputs }) => {
    const { dtype } = outputs[0] as ShapedArray;
    const working = dtype === "bool" ? "int32" : dtype;
    const result = graph.one(
      opType,
      inputs.map((input) => as(graph, input, working)),
    );
    return dtype === working ? result : graph.one("Cast", [result], { to: elementOfDtype[dtype] });
  });

const comparison = (opType: string): Emitter =>
  emitter(({ graph, inputs }) => {
    const common = promoted(inputs);
    return graph.one(
      opType,
      inputs.map((input) => as(graph, input, common === "bool" ? "int32" : common)),
    );
  });

const reduction = (opType: string): Emitter =>
  emitter<ReduceAttributes>(({ graph, inputs, outputs, attributes: { axes, keepDims } }) => {
    const x = as(graph, inputs[0] as EmittedValue, (outputs[0] as ShapedArray).dtype);
    if (axes.length === 0) return x;
    // Up to version 17 only ReduceSum takes its axes as an input, from then on all do.
    if (opType === "ReduceSum" || graph.opset >= 18)
      return graph.one(opType, [x, graph.integers(axes)], { keepdims: Number(keepDims) });
    return graph.one(opType, [x], { axes, keepdims: Number(keepDims) });
  });

const position = (opType: string): Emitter =>
  emitter<AxisAttributes>(({ graph, attributes: { axis } }, x) =>
    graph.one("Cast", [graph.one(opType, [x], { axis, keepdims: 0 })], { to: elementOfDtype.int32 }),
  );

const alongAxis = (opType: string): Emitter =>
  emitter<AxisAttributes>(({ graph, attributes: { axis } }, x) => graph.one(opType, [x], { axis }));

const indexed = (opType: string): Emitter =>
  emitter<AxisAttributes>(({ graph, inputs, attributes: { axis } }) =>
    graph.one(
      opType,
      inputs.map(({ name }) => name),
      { axis },
    ),
  );

// The axes of length 1 that `long` has and `short` has not, where that is the whole difference.
function onesBetween(long: Shape, short: Shape): number[] | undefined {
  const axes: number[] = [];
  let position = 0;
  long.forEach((length, axis) => {
    if (length === short[position]) position++;
    else if (length === 1) axes.push(axis);
    else position = Infinity;
  });
  return position === short.length && axes.length > 0 ? axes : undefined;
}

// x and 1, in one dtype.
const withOne = ({ graph, outputs }: Emission<unknown>, x: string): string[] => [
  x,
  graph.initializer(full([], 1, { dtype: (outputs[0] as ShapedArray).dtype })),
];

/** How each primitive is written, by name. Scatters are not: they stand in derivatives, and have no counterpart before version 16. */
export const emitters: Readonly<Partial<Record<string, Emitter>>> = {
  neg: unary("Neg"),
  abs: unary("Abs"),
  sign: unary("Sign"),
  exp: unary("Exp"),
  expm1: emitter((emission, x) => emission.graph.one("Sub", withOne(emission, emission.graph.one("Exp", [x])))),
  log: unary("Log"),
  log1p: emitter((emission, x) => emission.graph.one("Log", [emission.graph.one("Add", withOne(emission, x))])),
  sqrt: unary("Sqrt"),
  sin: unary("Sin"),
  cos: unary("Cos"),
  tanh: unary("Tanh"),
  sigmoid: unary("Sigmoid"),
  relu: unary("Relu"),
  copy: unary("Identity"),
  add: arithmetic("Add"),
  sub: arithmetic("Sub"),
  mul: arithmetic("Mul"),
  div: arithmetic("Div"),
  pow: arithmetic("Pow"),
  maximum: arithmetic("Max"),
  minimum: arithmetic("Min"),
  equal: comparison("Equal"),
  less: comparison("Less"),
  lessEqual: comparison("LessOrEqual"),
  where: emitter(({ graph, inputs, outputs }) => {
    const [condition, ...branches] = inputs as [EmittedValue, EmittedValue, EmittedValue];
    return graph.one("Where", [
      condition.name,
      ...branches.map((branch) => as(graph, branch, (outputs[0] as ShapedArray).dtype)),
    ]);
  }),
  cast: emitter<CastAttributes>(({ graph, attributes: { dtype } }, x) => graph.one("Cast", [x], { to: elementOfDtype[dtype] })),
  sum: reduction("ReduceSum"),
  prod: reduction("ReduceProd"),
  max: reduction("ReduceMax"),
  min: reduction("ReduceMin"),
  argmax: position("ArgMax"),
  argmin: position("ArgMin"),
  argsort: emitter<ArgsortAttributes>(({ graph, inputs, attributes: { axis, descending } }, x) => {
    const count = graph.integers([(inputs[0] as EmittedValue).shape[axis] as number]);
    const [, indices = ""] = graph.node("TopK", [x, count], { axis, largest: Number(descending) }, 2);
    return graph.one("Cast", [indices], { to: elementOfDtype.int32 });
  }),
  matmul: arithmetic("MatMul"),
  softmax: alongAxis("Softmax"),
  logSoftmax: alongAxis("LogSoftmax"),
  take: indexed("Gather"),
  takeAlong: indexed("GatherElements"),
  concat: emitter<AxisAttributes>(({ graph, inputs, outputs, attributes: { axis } }) =>
    graph.one(
      "Concat",
      inputs.map((input) => as(graph, input, (outputs[0] as ShapedArray).dtype)),
      { axis },
    ),
  ),
  pad: emitter<PadAttributes>(({ graph, outputs, attributes: { before, after, value } }, x) => {
    const border = graph.initializer(full([], value, { dtype: (outputs[0] as ShapedArray).dtype }));
    return graph.one("Pad", [x, graph.integers([...before, ...after]), border], { mode: "constant" });
  }),
  cumsum: emitter<CumsumAttributes>(({ graph, inputs, outputs, attributes: { axis, reverse } }) => {
    const x = as(graph, inputs[0] as EmittedValue, (outputs[0] as ShapedArray).dtype);
    return graph.one("CumSum", [x, graph.initializer(full([], axis, { dtype: "int32" }))], { reverse: Number(reverse) });
  }),
  reshape: emitter<ShapeAttributes>(({ graph, inputs, attributes: { shape } }, x) => {
    const from = (inputs[0] as EmittedValue).shape;
    const dropped = onesBetween(from, shape);
    if (dropped !== undefined) return graph.one("Squeeze", [x, graph.integers(dropped)]);
    const added = onesBetween(shape, from);
    if (added !== undefined) return graph.one("Unsqueeze", [x, graph.integers(added)]);
    if (shape.includes(0)) return graph.one("Reshape", [x, graph.integers(shape)], { allowzero: 1 });
    const copied = shape.map((length, axis) => length === from[axis]);
    return graph.one("Reshape", [x, graph.integers(shape, { inference: { copied } })], { allowzero: 0 });
  }),
  permute: emitter<PermuteAttributes>(({ graph, attributes: { axes } }, x) => graph.one("Transpose", [x], { perm: axes })),
  broadcastTo: emitter<ShapeAttributes>(({ graph, attributes: { shape } }, x) => graph.one("Expand", [x, graph.integers(shape)])),
  slice: emitter<SliceAttributes>(({ graph, inputs, attributes: { starts, sizes, steps } }, x) => {
    const { shape } = inputs[0] as EmittedValue;
    const axes = shape.flatMap((length, axis) => (sizes[axis] === length && steps[axis] === 1 ? [] : [axis]));
    if (axes.length === 0) return x;
    const ends = starts.map((start, axis) => {
      const end = start + (sizes[axis] as number) * (steps[axis] as number);
      return end < 0 ? farBack : end >= (shape[axis] as number) ? farAhead : end;
    });
    const parts = [starts, ends, shape.map((_, axis) => axis), steps];
    return graph.one("Slice", [x, ...parts.map((values) => graph.integers(axes.map((axis) => values[axis] as number)))]);
  }),
  split: ({ graph, inputs, attributes }) => {
    const { axis, sizes } = attributes as SplitAttributes;
    return graph.node("Split", [(inputs[0] as EmittedValue).name, graph.integers(sizes)], { axis }, sizes.length);
  },
};
