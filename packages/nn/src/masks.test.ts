import { valueAndGrad } from "@unroll/autograd";
import { full, tensor, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  AdditiveAttention,
  binaryCrossEntropy,
  crossEntropy,
  ctcLoss,
  dotAttention,
  gaussianNegativeLogLikelihood,
  huber,
  LayerNorm,
  maskedSoftmax,
  meanAbsoluteError,
  meanSquaredError,
  negativeLogLikelihood,
  quantileLoss,
  type LossOptions,
  type QuantileLossOptions,
} from "./index.js";

const flat = (x: Tensor | undefined): number[] => Array.from((x as Tensor).toTypedArray());
const pairs = (loss: (p: Tensor, t: Tensor, options: LossOptions) => Tensor) => (p: Tensor, options: LossOptions) =>
  loss(p, zeros(p.shape), options);
const classes = (loss: (p: Tensor, t: Tensor, options: LossOptions) => Tensor) => (p: Tensor, options: LossOptions) =>
  loss(p.unsqueeze({ axis: -1 }).broadcastTo([...p.shape, 3]), zeros(p.shape, { dtype: "int32" }), options);

// Each as a function of one tensor of predictions, one per loss.
const losses: [string, (predictions: Tensor, options: LossOptions) => Tensor][] = [
  ["meanSquaredError", pairs(meanSquaredError)],
  ["meanAbsoluteError", pairs(meanAbsoluteError)],
  ["huber", pairs(huber)],
  ["binaryCrossEntropy", pairs(binaryCrossEntropy)],
  ["gaussianNegativeLogLikelihood", (p, options) => gaussianNegativeLogLikelihood(p, p, zeros(p.shape), options)],
  ["quantileLoss", (p, options) => quantileLoss(p.unsqueeze({ axis: -1 }), zeros(p.shape), { ...options, quantiles: [0.5] })],
  ["crossEntropy", classes(crossEntropy)],
  ["negativeLogLikelihood", classes(negativeLogLikelihood)],
];

describe.each(losses)("%s", (_, loss) => {
  it("is 0 with gradient 0 where nothing counts, NaN or not", () => {
    const { value, gradients } = valueAndGrad((p: Tensor) => loss(p, { mask: zeros([2, 2], { dtype: "bool" }) }))(
      full([2, 2], NaN),
    );
    expect(value.item()).toBe(0);
    expect(flat(gradients[0]).map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  it("is 0 for an empty batch", () => expect(loss(zeros([0, 3]), {}).item()).toBe(0));

  it("lets NaN through where it counts, and only there", () => {
    const p = tensor([
      [NaN, 1],
      [2, 3],
    ]);
    expect(loss(p, {}).item()).toBeNaN();
    const mask = tensor([
      [false, true],
      [true, true],
    ]);
    const { value, gradients } = valueAndGrad((x: Tensor) => loss(x, { mask }))(p);
    expect(value.item()).toBe(
      loss(
        tensor([
          [-5, 1],
          [2, 3],
        ]),
        { mask },
      ).item(),
    );
    expect(flat(gradients[0]).every(Number.isFinite)).toBe(true);
  });

  it("is the mean over what counts; none and sum agree with it", () => {
    const p = tensor([
      [0.5, 1],
      [2, 3],
    ]);
    const weights = tensor([
      [1, 0],
      [2, 0.5],
    ]);
    const each = flat(loss(p, { weights, reduction: "none" }).reshape([4]));
    const total = each.reduce((sum, value) => sum + value, 0);
    expect(loss(p, { weights, reduction: "sum" }).item()).toBeCloseTo(total, 5);
    expect(loss(p, { weights }).item()).toBeCloseTo(total / 3.5, 5);
    expect(loss(p, { mask: tensor([true, false]) }).item()).toBeCloseTo(loss(p.slice({ axis: 0, stop: 1 }), {}).item(), 5);
  });

  it("explains a mask that does not fit, and an unknown reduction", () => {
    expect(() => loss(zeros([2, 3]), { mask: zeros([3]) })).toThrow(/mask and weights must have shape .*got \[3\]/);
    expect(() => loss(zeros([1]), { mask: [true] as unknown as Tensor })).toThrow("mask must be a tensor, got array");
    expect(() => loss(zeros([1]), { reduction: "avg" as "mean" })).toThrow("reduction must be one of mean, sum, none, got avg");
  });
});

describe("mask and weights together", () => {
  const p = tensor([1, 2, 3]);
  const loss = (options: LossOptions): number[] => flat(meanSquaredError(p, zeros([3]), { ...options, reduction: "none" }));

  it("multiply as floats, whatever their dtypes", () => {
    const half = tensor([0.5, 1, 0]);
    for (const dtype of ["bool", "int32", "float32", "float64"] as const) {
      expect(loss({ mask: half, weights: tensor([1, 1, 1]).cast(dtype) })).toEqual([0.5, 4, 0]);
      expect(loss({ mask: tensor([1, 0, 1]).cast(dtype), weights: half })).toEqual([0.5, 0, 0]);
    }
    expect(loss({ mask: tensor([true, true, false]), weights: tensor([true, false, true]) })).toEqual([1, 0, 0]);
    expect(meanSquaredError(p.cast("int32"), zeros([3], { dtype: "int32" }), { weights: half }).item()).toBeCloseTo(3, 6);
  });

  it("give 0 under the mask, whatever the weights are", () => {
    const mask = tensor([true, true, false]);
    for (const spoilt of [NaN, Infinity]) {
      const weights = tensor([1, 2, spoilt]);
      const { value, gradients } = valueAndGrad((x: Tensor, w: Tensor) => meanSquaredError(x, zeros([3]), { mask, weights: w }))(
        p,
        weights,
      );
      expect(value.item()).toBe(3);
      expect(gradients.flatMap(flat).every(Number.isFinite)).toBe(true);
    }
    expect(loss({ weights: tensor([1, 2, NaN]) })).toEqual([1, 8, NaN]);
  });
});

describe("targets", () => {
  const int = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

  it("that name no class are refused, unless ignored", () => {
    expect(() => crossEntropy(zeros([2, 3]), int(0, -1))).toThrow(
      "crossEntropy: targets must lie in 0..2, got -1; mask it, or pass it as ignoreIndex",
    );
    expect(crossEntropy(zeros([2, 3]), int(0, -1), { ignoreIndex: -1 }).item()).toBeCloseTo(Math.log(3), 6);
    expect(crossEntropy(zeros([1, 3]), int(-1), { ignoreIndex: -1 }).item()).toBe(0);
    expect(() => crossEntropy(zeros([1, 3]), zeros([1]))).toThrow(/must be int32, got float32/);
  });

  it("must be tensors", () => {
    const three = 3 as unknown as Tensor;
    expect(() => meanSquaredError(zeros([1]), three)).toThrow(
      "meanSquaredError: targets must be a tensor, got number; make one with tensor()",
    );
    expect(() => crossEntropy(zeros([1, 2]), three)).toThrow("crossEntropy: targets must be a tensor");
    expect(() => quantileLoss(zeros([1, 1]), three, { quantiles: [0.5] })).toThrow("quantileLoss: targets must be a tensor");
    expect(() => ctcLoss(zeros([1, 2, 3]), three)).toThrow("ctcLoss: targets must be a tensor");
  });

  it("must have the predictions' shape", () => {
    expect(() => meanSquaredError(zeros([2, 1]), zeros([2]))).toThrow(
      "meanSquaredError: predictions and targets must have the same shape, got [2, 1] and [2]",
    );
    expect(() => crossEntropy(zeros([2, 3]), int(0, 1, 2))).toThrow(/needs scores/);
    expect(() => ctcLoss(zeros([1, 2, 3]), int(1))).toThrow(/needs logits \[batch, time, classes\]/);
  });
});

describe("options are checked", () => {
  it.each([
    [() => huber(zeros([1]), zeros([1]), { delta: 0 }), /delta must be > 0, got 0/],
    [() => quantileLoss(zeros([1, 1]), zeros([1]), {} as QuantileLossOptions), /quantiles must lie in \(0, 1\), got \[\]/],
    [() => quantileLoss(zeros([1, 1]), zeros([1]), undefined as unknown as QuantileLossOptions), /got \[\]/],
    [() => quantileLoss(zeros([1, 1]), zeros([1]), { quantiles: [1] }), /quantiles must lie in \(0, 1\), got \[1\]/],
    [() => quantileLoss(zeros([1, 2]), zeros([1]), { quantiles: [0.5] }), /predictions must have shape \[1, 1\], got \[1, 2\]/],
    [() => crossEntropy(zeros([1, 2]), zeros([1], { dtype: "int32" }), { labelSmoothing: 1 }), /labelSmoothing must lie in/],
  ])("%#", (call, message) => expect(call).toThrow(message));
});

describe("attention", () => {
  const query = tensor([[[1, 2]], [[3, 4]]]);
  const keys = tensor([
    [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
    [
      [2, 0],
      [0, 2],
      [1, 2],
    ],
  ]);
  const additive = new AdditiveAttention({ querySize: 2, keySize: 2, hiddenSize: 3 }).initialize({ seed: 1 });
  const kinds = [
    ["dot", (q: Tensor, k: Tensor, v: Tensor, mask: Tensor) => dotAttention(q, k, v, { mask })],
    ["additive", (q: Tensor, k: Tensor, v: Tensor, mask: Tensor) => additive.forward(q, k, v, { mask })],
  ] as const;

  it.each(kinds)("%s: what is masked has weight 0 and cannot matter, NaN included", (_, attend) => {
    const mask = tensor([
      [true, false, true],
      [false, false, false],
    ]);
    const spoilt = tensor([
      [
        [1, 0],
        [NaN, NaN],
        [1, 1],
      ],
      [
        [NaN, NaN],
        [NaN, NaN],
        [NaN, NaN],
      ],
    ]);
    const clean = attend(query, keys, keys, mask);
    const { output, weights } = attend(query, spoilt, spoilt, mask);
    expect(flat(output)).toEqual(flat(clean.output));
    expect(flat(weights)[1]).toBe(0);
    expect(flat(weights).slice(3)).toEqual([0, 0, 0]);
    expect(flat(output).slice(2)).toEqual([0, 0]);
    const { gradients } = valueAndGrad((q: Tensor, k: Tensor, v: Tensor) => attend(q, k, v, mask).output.sum())(
      query,
      spoilt,
      spoilt,
    );
    expect(gradients.flatMap(flat).every(Number.isFinite)).toBe(true);
  });

  it("runs an empty batch, and explains wrong shapes", () => {
    expect(dotAttention(zeros([0, 1, 2]), zeros([0, 3, 2]), zeros([0, 3, 4])).output.shape).toEqual([0, 1, 4]);
    expect(() => dotAttention(query, keys, zeros([2, 2, 2]))).toThrow(/needs \[batch, queries, size\]/);
    expect(() => dotAttention(query, keys, keys, { mask: zeros([2, 2]) })).toThrow(
      "attention: a mask of keys must have shape [2, 3], got [2, 2]",
    );
    expect(() => additive.forward(zeros([2, 1, 5]), keys, keys)).toThrow(
      "AdditiveAttention: needs queries [batch, queries, 2], prepared keys [batch, keys, 3] and values",
    );
    expect(() => additive.prepare(zeros([2, 3, 4]))).toThrow("AdditiveAttention: needs keys [batch, keys, 2], got [2, 3, 4]");
    expect(() => maskedSoftmax(zeros([1, 2, 3]), { mask: zeros([1, 2]) })).toThrow(
      /mask must have shape \[1, 3\] or \[1, 2, 3\], got \[1, 2\]/,
    );
  });

  it("prepares keys once for many queries", () => {
    const prepared = additive.prepare(keys);
    expect(flat(additive.attend(query, prepared, keys).output)).toEqual(flat(additive.forward(query, keys, keys).output));
  });
});

it("LayerNorm keeps NaN in its row and takes an empty batch", () => {
  const layer = new LayerNorm(2);
  expect(
    flat(
      layer.forward(
        tensor([
          [NaN, 1],
          [1, 3],
        ]),
      ),
    ).map((value) => Math.round(value)),
  ).toEqual([NaN, NaN, -1, 1]);
  expect(layer.forward(zeros([0, 5, 2])).shape).toEqual([0, 5, 2]);
  expect(() => layer.forward(zeros([1, 3]))).toThrow("LayerNorm: needs […, 2], got [1, 3]");
});
