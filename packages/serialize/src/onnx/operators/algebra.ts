import type { Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import type { Operator, OperatorCall } from "../operator-call.js";
import { convolution } from "./convolution.js";

// As NumPy: a vector is a row on the left, a column on the right.
function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.rank === 1) return matmul(a.unsqueeze({ axis: 0 }), b).squeeze({ axis: -2 });
  if (b.rank === 1) return matmul(a, b.unsqueeze({ axis: 1 })).squeeze({ axis: -1 });
  return a.matmul(b);
}

function gemm(call: OperatorCall): readonly Tensor[] {
  const turned = (index: number, attribute: string): Tensor =>
    call.int(attribute, 0) === 0 ? call.input(index) : call.input(index).transpose();
  const alpha = call.float("alpha", 1);
  const beta = call.float("beta", 1);
  const product = turned(0, "transA").matmul(turned(1, "transB"));
  const scaled = alpha === 1 ? product : product.mul(alpha);
  const bias = call.optional(2);
  return [bias === undefined ? scaled : scaled.add(beta === 1 ? bias : bias.mul(beta))];
}

function reduction(run: (x: Tensor, options: { axes?: readonly number[]; keepDims: boolean }) => Tensor): Operator {
  return (call) => {
    const axes = call.integers(1, "axes");
    const x = call.input(0);
    if (axes === undefined || axes.length === 0) {
      if (call.int("noop_with_empty_axes", 0) !== 0) return [x];
      return [run(x, { keepDims: call.int("keepdims", 1) !== 0 })];
    }
    return [run(x, { axes, keepDims: call.int("keepdims", 1) !== 0 })];
  };
}

function argument(run: (x: Tensor, options: { axis: number }) => Tensor): Operator {
  return (call) => {
    if (call.int("select_last_index", 0) !== 0)
      fail("format", `run ONNX: ${call.described} is supported for the first index at ties alone`);
    const axis = call.int("axis", 0);
    const found = run(call.input(0), { axis });
    return [call.int("keepdims", 1) === 0 ? found : found.unsqueeze({ axis: axis < 0 ? axis + call.input(0).rank : axis })];
  };
}

// Before version 13 all axes from `axis` (default 1) on were one.
function exponentials(run: (x: Tensor, options: { axis: number }) => Tensor): Operator {
  return (call) => {
    const x = call.input(0);
    if (call.opset >= 13) return [run(x, { axis: call.int("axis", -1) })];
    const axis = call.int("axis", 1);
    const kept = x.shape.slice(0, axis < 0 ? axis + x.rank : axis);
    return [run(x.reshape([kept.reduce((count, length) => count * length, 1), -1]), { axis: 1 }).reshape(x.shape)];
  };
}

function layerNormalization(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const first = call.int("axis", -1);
  const axes = x.shape.map((_, axis) => axis).slice(first);
  const mean = x.mean({ axes, keepDims: true });
  const centred = x.sub(mean);
  const scale = centred.square().mean({ axes, keepDims: true }).add(call.float("epsilon", 1e-5)).sqrt().reciprocal();
  const y = centred.mul(scale).mul(call.input(1));
  const bias = call.optional(2);
  return [bias === undefined ? y : y.add(bias), mean, scale];
}

function batchNormalization(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const along = (index: number): Tensor => call.input(index).reshape([-1, ...x.shape.slice(2).map(() => 1)]);
  const scale = along(4).add(call.float("epsilon", 1e-5)).sqrt().reciprocal().mul(along(1));
  return [x.sub(along(3)).mul(scale).add(along(2))];
}

/** Operators that mix elements: products, reductions, normalisations. */
export const algebraOperators: Readonly<Record<string, Operator>> = {
  MatMul: (call) => [matmul(call.input(0), call.input(1))],
  Gemm: gemm,
  Conv: convolution,
  ReduceSum: reduction((x, options) => x.sum(options)),
  ReduceMean: reduction((x, options) => x.mean(options)),
  ReduceMax: reduction((x, options) => x.max(options)),
  ReduceMin: reduction((x, options) => x.min(options)),
  ReduceProd: reduction((x, options) => x.prod(options)),
  ArgMax: argument((x, options) => x.argmax(options)),
  ArgMin: argument((x, options) => x.argmin(options)),
  CumSum: (call) => {
    if (call.int("exclusive", 0) !== 0) fail("format", `run ONNX: ${call.described} is supported inclusive alone`);
    return [call.input(0).cumsum({ axis: call.input(1).item(), reverse: call.int("reverse", 0) !== 0 })];
  },
  Softmax: exponentials((x, options) => x.softmax(options)),
  LogSoftmax: exponentials((x, options) => x.logSoftmax(options)),
  LayerNormalization: layerNormalization,
  BatchNormalization: batchNormalization,
};
