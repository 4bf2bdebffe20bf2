import type { Tensor } from "@unroll/tensor";

import type { Operator, OperatorCall } from "../operator-call.js";

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
    const x = call.input(0);
    const given = call.int("axis", 0);
    const axis = given < 0 ? given + x.rank : given;
    const last = call.int("select_last_index", 0) !== 0;
    const found = last
      ? run(x.flip({ axis }), { axis })
          .neg()
          .add((x.shape[axis] as number) - 1)
      : run(x, { axis });
    return [call.int("keepdims", 1) === 0 ? found : found.unsqueeze({ axis })];
  };
}

function cumulativeSum(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const sums = x.cumsum({ axis: call.input(1).item(), reverse: call.int("reverse", 0) !== 0 });
  return [call.int("exclusive", 0) === 0 ? sums : sums.sub(x)];
}

/** Operators that take several elements together. */
export const reductionOperators: Readonly<Record<string, Operator>> = {
  ReduceSum: reduction((x, options) => x.sum(options)),
  ReduceMean: reduction((x, options) => x.mean(options)),
  ReduceMax: reduction((x, options) => x.max(options)),
  ReduceMin: reduction((x, options) => x.min(options)),
  ReduceProd: reduction((x, options) => x.prod(options)),
  ReduceL1: reduction((x, options) => x.abs().sum(options)),
  ReduceL2: reduction((x, options) => x.square().sum(options).sqrt()),
  ReduceLogSum: reduction((x, options) => x.sum(options).log()),
  ReduceLogSumExp: reduction((x, options) => x.logSumExp(options)),
  ReduceSumSquare: reduction((x, options) => x.square().sum(options)),
  ArgMax: argument((x, options) => x.argmax(options)),
  ArgMin: argument((x, options) => x.argmin(options)),
  CumSum: cumulativeSum,
};
