import { describe, expect, expectTypeOf, it } from "vitest";

import {
  arange,
  bernoulli,
  categorical,
  concat,
  createGenerator,
  fromBuffer,
  fromTypedArray,
  normal,
  oneHot,
  pad,
  promote,
  put,
  setSlice,
  stack,
  tensor,
  where,
  zeros,
  zerosLike,
  type DenseTensor,
  type DType,
  type Tensor,
} from "./index.js";

const bool = tensor([true, false]);
const int32 = tensor([1, 2], { dtype: "int32" });
const float32 = tensor([1, 2]);
const float64 = zeros([2], { dtype: "float64" });
const generator = createGenerator(1);
const axis = 0;

// Each case holds the type, which tsc checks, and the run to one dtype.
type Claim = readonly [title: string, made: Tensor, dtype: DType];
const claim = <const D extends DType>(title: string, made: Tensor<NoInfer<D>>, dtype: D): Claim => [title, made, dtype];

describe("the dtype in the type", () => {
  it.each([
    claim("tensor of numbers", tensor([[1, 2]]), "float32"),
    claim("tensor of booleans", tensor([[true], [false]]), "bool"),
    claim("tensor of nothing", tensor([[], []]), "float32"),
    claim("tensor of a number", tensor(1), "float32"),
    claim("tensor as asked", tensor([true, false], { dtype: "int32" }), "int32"),
    claim("fromTypedArray", fromTypedArray(new Float64Array(2), [2]), "float64"),
    claim("fromTypedArray of bytes", fromTypedArray(new Uint8Array(2), [2]), "bool"),
    claim("fromBuffer", fromBuffer(new ArrayBuffer(8), [2], { dtype: "int32" }), "int32"),
    claim("zeros", zeros([1]), "float32"),
    claim("zerosLike", zerosLike(int32), "int32"),
    claim("arange", arange(3), "int32"),
    claim("oneHot", oneHot(int32, 3, { dtype: "bool" }), "bool"),
    claim("normal", normal([1], { generator }), "float32"),
    claim("categorical", categorical(float32, { generator }), "int32"),
    claim("bernoulli", bernoulli([1], { generator, dtype: "bool" }), "bool"),
    claim("a view", float64.reshape([1, 2]).transpose().slice({ axis, stop: 1 }).flip({ axis }), "float64"),
    claim("one operand", float64.tanh().neg().softplus().floor(), "float64"),
    claim("a sum of bools", bool.sum(), "int32"),
    claim("the largest of integers", int32.max(), "int32"),
    claim("a mean of integers", int32.mean(), "float32"),
    claim("a mean of doubles", float64.mean(), "float64"),
    claim("a variance of integers", int32.variance(), "float32"),
    claim("a square of bools", bool.square(), "int32"),
    claim("a running sum of bools", bool.cumsum({ axis }), "int32"),
    claim("a position", float64.argmax({ axis }), "int32"),
    claim("an order", float64.argsort({ axis }), "int32"),
    claim("the largest two", int32.topK(2).values, "int32"),
    claim("their positions", float32.topK(2).indices, "int32"),
    claim("a comparison", int32.lessEqual(1), "bool"),
    claim("finiteness", int32.isFinite(), "bool"),
    claim("a conjunction", bool.logicalAnd(float32), "bool"),
    claim("a cast", float32.cast("int32"), "int32"),
    claim("bool + bool", bool.add(bool), "int32"),
    claim("int32 + float32", int32.add(float32), "float32"),
    claim("float32 * 2", float32.mul(2), "float32"),
    claim("float64 - 0.1", float64.sub(0.1), "float64"),
    claim("int32 / int32", int32.div(int32), "float32"),
    claim("int32 / 2", int32.div(2), "float32"),
    claim("bool to the power of float64", bool.pow(float64), "float64"),
    claim("the larger of two bools", bool.maximum(bool), "bool"),
    claim("a product", float32.unsqueeze({ axis }).matmul(float64.unsqueeze({ axis: 1 })), "float64"),
    claim("a gathering", int32.take(int32.sub(int32), { axis }), "int32"),
    claim("a scattering", int32.scatterAdd(tensor([0], { dtype: "int32" }), tensor([0.5]), { axis }), "float32"),
    claim("a choice", where(bool, int32, float64), "float64"),
    claim("a choice beside a number", where(bool, 1, float64), "float64"),
    claim("a choice of numbers", where(bool, 1, 0), "float32"),
    claim("a concatenation", concat([float32, float32], { axis }), "float32"),
    claim("a stack", stack([bool, bool], { axis }), "bool"),
    claim("a border", pad(int32, { before: [1], after: [1] }), "int32"),
    claim("a copy with a slice written", setSlice(int32, { axis, stop: 1 }, 0.5), "int32"),
    claim("a copy with elements written", put(bool, tensor([0], { dtype: "int32" }), 1, { axis }), "bool"),
    claim("an element of a walk", [...int32][0] ?? int32, "int32"),
  ])("of %s", (_, made, dtype) => {
    expect(made.dtype).toBe(dtype);
  });

  it("tells where only the run decides", () => {
    expectTypeOf(int32.add(1)).toEqualTypeOf<Tensor<"int32" | "float32">>();
    expectTypeOf(concat([int32, float32], { axis })).toEqualTypeOf<Tensor<"int32" | "float32">>();
    expectTypeOf(where(bool, int32, 0.5)).toEqualTypeOf<Tensor<"int32" | "float32">>();
    expectTypeOf(zeros([1], { dtype: "bool" as DType })).toEqualTypeOf<Tensor>();
    expect([int32.add(1).dtype, int32.add(0.5).dtype]).toEqual(["int32", "float32"]);
    expect(concat([int32, float32], { axis }).dtype).toBe("float32");
  });

  it("types what is read", () => {
    expectTypeOf(float32.toTypedArray()).toEqualTypeOf<Float32Array>();
    expectTypeOf(bool.toTypedArray()).toEqualTypeOf<Uint8Array>();
    expectTypeOf(float64.sum().item()).toEqualTypeOf<number>();
    expectTypeOf(bool.max().item()).toEqualTypeOf<number>();
    expectTypeOf(tensor(true).item()).toEqualTypeOf<0 | 1>();
    expectTypeOf(int32.toDense()).toEqualTypeOf<DenseTensor<"int32">>();
    expect(tensor(true).item()).toBe(1);
  });

  it("stands wherever any tensor may, and not the other way round", () => {
    const any: Tensor = float32;
    expectTypeOf(any.toTypedArray()).toEqualTypeOf<Float32Array | Float64Array | Int32Array | Uint8Array>();
    expectTypeOf(any.sum().item()).toEqualTypeOf<number>();
    expectTypeOf(any.add(any)).toEqualTypeOf<Tensor<"int32" | "float32" | "float64">>();
    expectTypeOf<Tensor>().not.toExtend<Tensor<"bool">>();
    expectTypeOf<Tensor<"float32">>().not.toExtend<Tensor<"bool">>();
    expectTypeOf<Tensor<"float32">>().toExtend<Tensor<"float32" | "float64">>();
    // @ts-expect-error: no dtype option, so float32, whatever takes the tensor
    const made: Tensor<"int32"> = zeros([1]);
    // @ts-expect-error: a number does not widen what stands beside it
    const sum: Tensor<"float64"> = float32.add(1);
    expect([made.dtype, sum.dtype]).toEqual(["float32", "float32"]);
  });
});

it("promote is the later of bool, int32, float32, float64", () => {
  const order = ["bool", "int32", "float32", "float64"] as const;
  for (const [i, a] of order.entries()) {
    for (const [j, b] of order.entries()) expect(promote(a, b)).toBe(order[Math.max(i, j)]);
  }
  expectTypeOf(promote("int32", "float32")).toEqualTypeOf<"float32">();
});
