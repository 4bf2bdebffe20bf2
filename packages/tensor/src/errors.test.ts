import { describe, expect, it } from "vitest";

import {
  allClose,
  arange,
  broadcastShapes,
  concat,
  createGenerator,
  normal,
  oneHot,
  pad,
  permutation,
  put,
  scope,
  setSlice,
  stack,
  tensor,
  TensorError,
  uniform,
  where,
  zeros,
  type TensorErrorCode,
} from "./index.js";

const x = zeros([2, 3]);
const generator = createGenerator(1);
const indices = tensor([0, 1], { dtype: "int32" });

describe("an error names the operation, what it got and a remedy", () => {
  it.each<[() => unknown, TensorErrorCode, string]>([
    [
      () => x.add(zeros([4])),
      "shape",
      "add: shapes must broadcast (sizes equal or 1, aligned at the end), got [2, 3] and [4]; reshape one of them",
    ],
    [
      () => x.greater(zeros([4])),
      "shape",
      "greater: shapes must broadcast (sizes equal or 1, aligned at the end), got [2, 3] and [4]",
    ],
    [() => x.greaterEqual(zeros([4])), "shape", "greaterEqual: shapes must broadcast"],
    [() => x.notEqual(zeros([4])), "shape", "notEqual: shapes must broadcast"],
    [() => where(x.greater(0), zeros([4]), 1), "shape", "where: shapes must broadcast (sizes equal or 1, aligned at the end)"],
    [() => broadcastShapes("own", [2], [3]), "shape", "own: shapes must broadcast"],
    [() => x.matmul(x), "shape", "matmul: inner dimensions must agree, got [2, 3] x [2, 3]; did you mean other.transpose()?"],
    [() => x.matmul(zeros([3])), "shape", "matmul: both operands need rank >= 2, got [2, 3] x [3]; unsqueeze a vector first"],
    [() => x.reshape([4]), "shape", "reshape: the number of elements must stay, got [2, 3] to [4]; -1 lets one size follow"],
    [
      () => x.reshape([-1, 4]),
      "shape",
      "reshape: the number of elements must stay, got [2, 3] to [-1, 4]; -1 lets one size follow",
    ],
    [() => x.reshape([-1, -1]), "shape", "reshape: the number of elements must stay, got [2, 3] to [-1, -1]"],
    [() => zeros([0]).reshape([-1, 0]), "shape", "reshape: sizes are integers >= 0, got [-1, 0]"],
    [() => x.broadcastTo([2, 4]), "shape", "broadcastTo: [2, 3] does not broadcast to [2, 4]; only axes of size 1 repeat"],
    [() => x.squeeze({ axis: 0 }), "shape", "squeeze: axis 0 of [2, 3] must have size 1; slice or reduce it first"],
    [() => x.split(2, { axis: 1 }), "shape", "split: axis 1 of [2, 3] does not divide into 2 equal parts; give the sizes"],
    [() => x.split([1, 1], { axis: 1 }), "shape", "split: sizes must add up to axis 1 of [2, 3], got [1, 1], 2 in all"],
    [
      () => concat([x, zeros([2, 4])], { axis: 0 }),
      "shape",
      "concat: shapes must agree except on axis 0, got [2, 3] and [2, 4]; pad or slice them first",
    ],
    [() => stack([x, zeros([2])], { axis: 0 }), "shape", "stack: shapes must agree, got [2, 3] and [2]; pad or slice them first"],
    [() => pad(x, { before: [1], after: [0] }), "shape", "pad: needs one count >= 0 per axis of [2, 3], got [1] and [0]"],
    [
      () => x.scatterAdd(indices, x.transpose(), { axis: 0 }),
      "shape",
      "scatterAdd: updates must have shape [2, 3], got [3, 2]; use broadcastTo",
    ],
    [
      () => x.takeAlong(indices, { axis: 0 }),
      "shape",
      "takeAlong: indices must match x except on axis 0, got [2] for [2, 3]; take() gathers whole slices",
    ],
    [() => pad(x, { before: [0.5, 0], after: [0, 0] }), "shape", "pad: needs one count >= 0 per axis of [2, 3], got [0.5, 0]"],
    [() => zeros(3 as never), "shape", "full: sizes are integers >= 0, got 3"],
    [() => normal([-2, -3], { generator }), "shape", "random: sizes are integers >= 0, got [-2, -3]"],
    [() => uniform([NaN], { generator }), "shape", "random: sizes are integers >= 0, got [NaN]"],
    [() => permutation(2.5, { generator }), "shape", "permutation: sizes are integers >= 0, got [2.5]"],
    [() => arange(NaN), "shape", "arange: sizes are integers >= 0, got [NaN]"],
    [() => oneHot(indices, 2.5), "shape", "oneHot: sizes are integers >= 0, got [2.5]"],
    [() => x.split(1.5, { axis: 1 }), "shape", "split: axis 1 of [2, 3] does not divide into 1.5 equal parts"],
    [() => tensor([[1], 2]), "shape", "tensor: rows must have equal lengths, got a number beside 1 on axis 1; pad them first"],
    [() => tensor([1, [2]]), "shape", "tensor: rows must have equal lengths, got 1 beside a number on axis 1; pad them first"],
    [() => tensor([[1, 2], [3]]), "shape", "tensor: rows must have equal lengths, got 1 beside 2 on axis 1"],
    [
      () => put(x, tensor([], { dtype: "int32" }), zeros([5]), { axis: 0 }),
      "shape",
      "broadcastTo: [5] does not broadcast to [0, 3]",
    ],
    [() => setSlice(x, { axis: 0, start: 2 }, zeros([5])), "shape", "broadcastTo: [5] does not broadcast to [0, 3]"],
    [() => allClose(x, zeros([3])), "shape", "allClose: shapes must agree, got [2, 3] and [3]; reshape one of them"],
    [() => x.item(), "shape", "item: needs exactly one element, got [2, 3]; toTypedArray() reads all"],
    [() => zeros([3]).transpose(), "axis", "transpose: needs rank >= 2, got [3]; unsqueeze it first"],
    [() => x.permute([0, 0]), "axis", "permute: axes must name each axis of [2, 3] once, got [0, 0]"],
    [() => x.sum({ axes: [1, -1] }), "axis", "sum: axes must not repeat, got [1, -1]"],
    [() => x.mean({ axes: 2 }), "axis", "mean: axis must lie in -2..1 for rank 2, got 2"],
    [() => x.variance({ axes: 2 }), "axis", "variance: axis must lie in -2..1 for rank 2, got 2"],
    [() => x.argmax({ axis: -3 }), "axis", "argmax: axis must lie in -2..1 for rank 2, got -3"],
    [() => x.flip({ axis: 2 }), "axis", "flip: axis must lie in -2..1 for rank 2, got 2"],
    [() => x.sort({ axis: 2 }), "axis", "sort: axis must lie in -2..1 for rank 2, got 2"],
    [
      () => tensor(Float32Array.of(1, 2) as never),
      "dtype",
      "tensor: takes numbers and booleans, got 1,2; see fromTypedArray and stack",
    ],
    [() => tensor([1, "a" as never]), "dtype", "tensor: takes numbers and booleans, got a"],
    [
      () => x.add(undefined as never),
      "dtype",
      "add: takes tensors, and numbers beside them, got undefined; wrap it with tensor()",
    ],
    [() => x.add([1, 2] as never), "dtype", "add: takes tensors, and numbers beside them, got 1,2"],
    [() => where(1 as never, 2, 3), "dtype", "where: the condition must be bool, got float32"],
    [() => zeros([2], { dtype: "float16" as never }), "dtype", "float16 is no dtype; take one of float32, float64, int32, bool"],
    [() => x.cast("int64" as never), "dtype", "int64 is no dtype"],
    [() => x.take(x, { axis: 0 }), "dtype", 'take: indices must be int32, got float32; cast("int32") first'],
    [() => arange(3).exp(), "dtype", 'exp: needs a float tensor, got int32; cast("float32") first'],
    [() => x.greater(0).neg(), "dtype", 'neg: is not defined on bool; cast("int32") first'],
    [() => where(x, 1, 0), "dtype", "where: the condition must be bool, got float32; compare first"],
    [() => x.slice({ axis: 0, step: 0 }), "range", "slice: needs integers and a step other than 0, got undefined, undefined, 0"],
    [() => x.slice({ axis: 0, step: Infinity }), "range", "slice: needs integers and a step other than 0"],
    [() => x.slice({ axis: 0, start: 0.5 }), "range", "slice: needs integers and a step other than 0, got 0.5, undefined, 1"],
    [() => x.slice({ axis: 0, stop: NaN }), "range", "slice: needs integers and a step other than 0, got undefined, NaN, 1"],
    [() => generator.restore([1, 2, 3, 4]), "range", "restore: needs the 5 integers of state(), got [1, 2, 3, 4]"],
    [() => generator.restore([0, 0, 0, 0, 7]), "range", "restore: needs the 5 integers of state()"],
    [() => generator.restore([1, 2, 3, NaN, 7]), "range", "restore: needs the 5 integers of state()"],
    [() => scope(async () => Promise.resolve()), "disposed", "scope: run must be synchronous; open a scope after each await"],
    [() => x.topK(4), "range", "topK: k must lie in 0..3 for axis -1 of [2, 3], got 4"],
  ])("%s", (run, code, message) => {
    expect(run).toThrow(message);
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(TensorError);
      expect((error as TensorError).code).toBe(code);
    }
  });
});
