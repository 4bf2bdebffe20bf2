import type { Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import type { Operator, OperatorCall } from "../operator-call.js";

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
  if (call.int("training_mode", 0) !== 0)
    fail("format", `run ONNX: ${call.described} takes the statistics of its batch; export the model for inference`);
  const along = (index: number): Tensor => call.input(index).reshape([-1, ...x.shape.slice(2).map(() => 1)]);
  const scale = along(4).add(call.float("epsilon", 1e-5)).sqrt().reciprocal().mul(along(1));
  return [x.sub(along(3)).mul(scale).add(along(2))];
}

function instanceNormalization(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const axes = x.shape.map((_, axis) => axis).slice(2);
  const along = (index: number): Tensor => call.input(index).reshape([-1, ...axes.map(() => 1)]);
  const centred = x.sub(x.mean({ axes, keepDims: true }));
  const scale = centred.square().mean({ axes, keepDims: true }).add(call.float("epsilon", 1e-5)).sqrt();
  return [centred.div(scale).mul(along(1)).add(along(2))];
}

/** Products and normalisations. */
export const algebraOperators: Readonly<Record<string, Operator>> = {
  MatMul: (call) => [matmul(call.input(0), call.input(1))],
  Gemm: gemm,
  Softmax: exponentials((x, options) => x.softmax(options)),
  LogSoftmax: exponentials((x, options) => x.logSoftmax(options)),
  LayerNormalization: layerNormalization,
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
};
