import { describe, expect, it } from "vitest";

import {
  allClose,
  arange,
  bernoulli,
  categorical,
  concat,
  createGenerator,
  fromBuffer,
  fromTypedArray,
  full,
  normal,
  oneHot,
  pad,
  permutation,
  put,
  setSlice,
  stack,
  tensor,
  uniform,
  where,
  zeros,
  zerosLike,
  type Tensor,
} from "./index.js";

const generator = createGenerator(1);
const int32 = { dtype: "int32" } as const;
const none = zeros([0], int32);
const x = zeros([2, 0, 3]);

describe("a zero-length axis", () => {
  it.each<[string, Tensor, readonly number[]]>([
    ["tensor", tensor([[], []]), [2, 0]],
    ["fromTypedArray", fromTypedArray(new Float32Array(0), [0, 4]), [0, 4]],
    ["fromBuffer", fromBuffer(new ArrayBuffer(0), [3, 0]), [3, 0]],
    ["full", full([0], 7), [0]],
    ["zerosLike", zerosLike(x), [2, 0, 3]],
    ["arange", arange(0), [0]],
    ["oneHot", oneHot(none, 4), [0, 4]],
    ["oneHot of no classes", oneHot(arange(2), 0), [2, 0]],
    ["uniform", uniform([0, 2], { generator }), [0, 2]],
    ["normal", normal([2, 0], { generator }), [2, 0]],
    ["bernoulli", bernoulli([0], { generator }), [0]],
    ["categorical", categorical(zeros([0, 3]), { generator }), [0]],
    ["one operand", x.tanh().gelu().softplus().floor().isNaN().logicalNot(), [2, 0, 3]],
    [
      "two operands",
      x
        .add(1)
        .mul(x)
        .maximum(zeros([3]))
        .greater(0)
        .logicalAnd(x),
      [2, 0, 3],
    ],
    ["where", where(x.greater(0), x, 1), [2, 0, 3]],
    ["cast", x.cast("int32").cast("bool").cast("float64"), [2, 0, 3]],
    ["copy", x.copy(), [2, 0, 3]],
    ["sum", x.sum({ axes: 1 }), [2, 3]],
    ["sum, kept", x.sum({ axes: [1, 2], keepDims: true }), [2, 1, 1]],
    ["mean", x.mean({ axes: 1 }), [2, 3]],
    ["variance", x.variance({ axes: 2 }), [2, 0]],
    ["logSumExp", x.logSumExp({ axes: [0, 1] }), [3]],
    ["max along another axis", x.max({ axes: 2 }), [2, 0]],
    ["argmax along another axis", x.argmax({ axis: 2, keepDims: true }), [2, 0, 1]],
    ["argmin over several others", zeros([2, 3, 0]).argmin({ axis: [0, 1] }), [0]],
    ["cumsum", x.cumsum({ axis: 1, reverse: true }), [2, 0, 3]],
    ["argsort", x.argsort({ axis: 1 }), [2, 0, 3]],
    ["sort", x.sort({ axis: -1 }), [2, 0, 3]],
    ["topK of none", x.topK(0, { axis: 1 }).values, [2, 0, 3]],
    ["topK", x.topK(2).indices, [2, 0, 2]],
    ["softmax", x.softmax({ axis: 1 }), [2, 0, 3]],
    ["logSoftmax", x.logSoftmax(), [2, 0, 3]],
    ["matmul of no rows", zeros([0, 3]).matmul(zeros([3, 2])), [0, 2]],
    ["matmul over nothing", zeros([2, 0]).matmul(zeros([0, 3])), [2, 3]],
    ["matmul of no batch", zeros([0, 1, 2]).matmul(zeros([2, 4])), [0, 1, 4]],
    ["reshape", x.reshape([0, 6]), [0, 6]],
    ["reshape with -1", x.reshape([-1, 3]), [0, 3]],
    ["permute", x.permute([1, 2, 0]), [0, 3, 2]],
    ["transpose", x.transpose(), [2, 3, 0]],
    ["broadcastTo", zeros([1]).broadcastTo([0]), [0]],
    ["slice", x.slice({ axis: 1, start: 1, stop: -1, step: 2 }), [2, 0, 3]],
    ["slice to nothing", arange(4).slice({ axis: 0, start: 3, stop: 1 }), [0]],
    ["flip", x.flip({ axis: 1 }), [2, 0, 3]],
    ["split", x.split(2, { axis: 1 })[1] as Tensor, [2, 0, 3]],
    ["split with an empty part", arange(3).split([0, 3], { axis: 0 })[0] as Tensor, [0]],
    ["unstack along another axis", x.unstack({ axis: 0 })[1] as Tensor, [0, 3]],
    ["squeeze", zeros([1, 0]).squeeze({ axis: 0 }), [0]],
    ["unsqueeze", x.unsqueeze({ axis: 1 }), [2, 1, 0, 3]],
    ["take by nothing", zeros([2, 3]).take(none, { axis: 1 }), [2, 0]],
    ["take along another axis", x.take(arange(2), { axis: 2 }), [2, 0, 2]],
    ["takeAlong", x.takeAlong(zeros([2, 0, 3], int32), { axis: 1 }), [2, 0, 3]],
    ["scatterAdd", zeros([3]).scatterAdd(none, zeros([0]), { axis: 0 }), [3]],
    ["scatterAddAlong", x.scatterAddAlong(zeros([2, 0, 3], int32), x, { axis: 1 }), [2, 0, 3]],
    ["concat", concat([x, zeros([2, 4, 3])], { axis: 1 }), [2, 4, 3]],
    ["stack", stack([none, none], { axis: 1 }), [0, 2]],
    ["pad", pad(none, { before: [1], after: [2] }), [3]],
    ["setSlice", setSlice(x, { axis: 1 }, 3), [2, 0, 3]],
    ["put", put(zeros([2, 3]), none, 1, { axis: 0 }), [2, 3]],
  ])("is legal in %s", (_, made, shape) => {
    expect(made.shape).toEqual(shape);
    expect(made.toTypedArray()).toHaveLength(made.size);
    expect(made.toString()).toContain(`shape=[${shape.join(", ")}]`);
  });

  it("has the sums and products of nothing", () => {
    expect([x.sum().item(), x.prod().item(), x.logSumExp().item()]).toEqual([0, 1, -Infinity]);
    expect([x.mean().item(), x.variance().item()]).toEqual([NaN, NaN]);
    expect([
      ...zeros([2, 0])
        .matmul(zeros([0, 2]))
        .toTypedArray(),
    ]).toEqual([0, 0, 0, 0]);
  });

  it("has nothing to walk along, to permute and to differ in", () => {
    expect([...zeros([0, 3])]).toEqual([]);
    expect(zeros([0, 3]).unstack({ axis: 0 })).toEqual([]);
    expect(permutation(0, { generator })).toHaveLength(0);
    expect(allClose(x, zerosLike(x)).message).toBe("all 0 elements agree");
  });

  it("has no largest element, and no position of one", () => {
    expect(() => x.max()).toThrow("max: has no value over a zero-length axis, got [2, 0, 3]; check the size first");
    expect(() => x.argmin({ axis: 1 })).toThrow("argmin: has no value over a zero-length axis");
    expect(() => x.argmax()).toThrow("argmax: has no value over a zero-length axis");
    expect(() => x.item()).toThrow("item: needs exactly one element, got [2, 0, 3]; toTypedArray() reads all");
  });
});
