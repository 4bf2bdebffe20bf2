import { gradcheck, type GradcheckReport } from "@unroll/autograd";
import { createGenerator, fromTypedArray, normal, tensor, uniform, type Tensor } from "@unroll/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  AdditiveAttention,
  binaryCrossEntropy,
  Conv1d,
  crossEntropy,
  ctcLoss,
  dotAttention,
  Embedding,
  gaussianNegativeLogLikelihood,
  gradcheckModule,
  huber,
  LayerNorm,
  Linear,
  meanAbsoluteError,
  meanSquaredError,
  MixerBlock,
  negativeLogLikelihood,
  quantileLoss,
  TcnBlock,
  type Module,
} from "./index.js";

const size = fc.integer({ min: 1, max: 4 });
const seed = fc.integer({ min: 1, max: 1000 });
// A fixed seed, since a random one would now and then stand on a kink of a loss.
const runs = { numRuns: 6, seed: 5 };
const real = (seed: number, ...shape: number[]): Tensor => normal(shape, { generator: createGenerator(seed), dtype: "float64" });
const indices = (seed: number, count: number, ...shape: number[]): Tensor => {
  const generator = createGenerator(seed);
  const drawn = Int32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, () =>
    generator.integer(count),
  );
  return fromTypedArray(drawn, shape);
};
// A nonlinear sum, so that no gradient is 0 by symmetry.
const spread = (x: Tensor): Tensor => x.mul(0.5).add(x.square().mul(0.05)).sin();
const passes = (report: GradcheckReport): void => expect(report.ok, JSON.stringify(report)).toBe(true);
// Random biases too, so that nothing stands on a kink.
const randomized = <M extends Module>(module: M, seed: number): M => {
  const generator = createGenerator(seed);
  for (const parameter of module.parameters().values()) parameter.assign(normal(parameter.shape, { generator, deviation: 0.5 }));
  return module;
};

describe("gradients of modules agree with central differences", () => {
  const property = (check: (b: number, t: number, f: number, h: number, s: number) => void): void =>
    fc.assert(fc.property(size, size, size, size, seed, check), runs);

  it("Linear", () => {
    property((b, t, f, h, s) => {
      const layer = randomized(new Linear(f, h), s);
      passes(gradcheckModule(layer, (x) => spread(layer.forward(x)), [real(s, b, t, f)]));
    });
  });

  it("Embedding, with a padding index whose vector has none", () => {
    property((b, t, f, h, s) => {
      const layer = randomized(new Embedding(h, f), s);
      passes(gradcheckModule(layer, () => spread(layer.forward(indices(s, h, b, t))), []));
    });
    const layer = randomized(new Embedding(3, 2, { paddingIndex: 1 }), 1);
    const at = tensor([1, 1], { dtype: "int32" });
    const report = gradcheckModule(layer, () => layer.forward(at), []);
    expect(report).toMatchObject({ ok: false, name: "weight", analytic: 0 }); // the value depends on it, the gradient does not
  });

  it("LayerNorm", () => {
    property((b, t, f, _, s) => {
      const layer = randomized(new LayerNorm(f + 1, { epsilon: 0.1 }), s);
      const report = gradcheckModule(layer, (x) => spread(layer.forward(x)), [real(s, b, t, f + 1)], {
        tolerance: 1e-5,
      });
      passes(report);
    });
  });

  it.each(["causal", "same", "none"] as const)("Conv1d, %s", (padding) => {
    property((b, t, f, h, s) => {
      const layer = randomized(
        new Conv1d({ inputSize: f, outputSize: h, kernelSize: 1 + (s % 3), dilation: 1 + (s % 2), padding }),
        s,
      );
      passes(gradcheckModule(layer, (x) => spread(layer.forward(x)), [real(s, b, t + 4, f)]));
    });
  });

  it("TcnBlock and MixerBlock", () => {
    const tcn = randomized(new TcnBlock({ inputSize: 2, outputSize: 3, dilation: 2 }), 3);
    passes(gradcheckModule(tcn, (x) => spread(tcn.forward(x)), [real(4, 2, 5, 2)], { step: 1e-5, tolerance: 1e-6 }));
    const mixer = randomized(new MixerBlock({ time: 4, features: 3, timeHidden: 2 }), 5);
    passes(gradcheckModule(mixer, (x) => spread(mixer.forward(x)), [real(6, 2, 4, 3)]));
  });

  it("attention, masked and not", () => {
    property((b, t, f, h, s) => {
      const mask = real(s + 1, b, t).greater(0);
      const inputs = [real(s, b, h, f), real(s + 2, b, t, f), real(s + 3, b, t, 2)];
      const additive = randomized(new AdditiveAttention({ querySize: f, keySize: f, hiddenSize: 3 }), s);
      for (const options of [{}, { mask }]) {
        const dot = ([q, k, v]: Tensor[]): Tensor => dotAttention(q as Tensor, k as Tensor, v as Tensor, options).output;
        passes(gradcheck((...all) => spread(dot(all)), inputs));
        const add = ([q, k, v]: Tensor[]): Tensor => additive.forward(q as Tensor, k as Tensor, v as Tensor, options).output;
        passes(gradcheckModule(additive, (...all) => spread(add(all)), inputs));
      }
    });
  });
});

describe("gradients of losses agree with central differences", () => {
  const property = (check: (options: { mask: Tensor; weights: Tensor }, b: number, t: number, s: number) => void): void =>
    fc.assert(
      fc.property(size, size, seed, (b, t, s) => {
        check({ mask: real(s + 7, b, t).greater(-0.5), weights: uniform([b, t], { generator: createGenerator(s) }) }, b, t, s);
      }),
      runs,
    );

  it.each([
    ["meanSquaredError", meanSquaredError],
    ["meanAbsoluteError", meanAbsoluteError],
    ["huber", huber],
  ] as const)("%s", (_, loss) => {
    property((options, b, t, s) => {
      passes(
        gradcheck((p, y) => loss(p, y, options), [real(s, b, t, 2), real(s + 1, b, t, 2)], {
          step: 1e-5,
          tolerance: 1e-6,
        }),
      );
    });
  });

  it("crossEntropy, smoothed, and negativeLogLikelihood", () => {
    property((options, b, t, s) => {
      const targets = indices(s, 3, b, t);
      const logits = real(s + 1, b, t, 3);
      passes(gradcheck((x) => crossEntropy(x, targets, { ...options, labelSmoothing: 0.2, ignoreIndex: 2 }), [logits]));
      passes(gradcheck((x) => negativeLogLikelihood(x.sin(), targets, options), [logits]));
    });
  });

  it("binaryCrossEntropy, at 0 too", () => {
    property((options, b, t, s) => {
      passes(gradcheck((x) => binaryCrossEntropy(x, indices(s, 2, b, t).cast("bool"), options), [real(s + 1, b, t)]));
    });
    passes(
      gradcheck((x) => binaryCrossEntropy(x, tensor([1, 0, 0.3], { dtype: "float64" })), [real(1, 3).mul(0)], {
        tolerance: 1e-5,
      }),
    );
  });

  it("quantileLoss and gaussianNegativeLogLikelihood", () => {
    property((options, b, t, s) => {
      const pinball = (p: Tensor, y: Tensor): Tensor => quantileLoss(p, y, { ...options, quantiles: [0.1, 0.5] });
      const inputs = [real(s, b, t, 2), real(s + 1, b, t)];
      passes(gradcheck((p, y) => pinball(p, y), inputs, { step: 1e-5, tolerance: 1e-6 }));
      const gaussian = (...[m, v, y]: Tensor[]): Tensor =>
        gaussianNegativeLogLikelihood(m as Tensor, v as Tensor, y as Tensor, options);
      passes(gradcheck(gaussian, [real(s, b, t), real(s + 1, b, t), real(s + 2, b, t)]));
    });
  });

  it("ctcLoss, with lengths and repeats", () => {
    const targets = tensor(
      [
        [1, 1, 2],
        [2, 1, 0],
        [0, 0, 0],
      ],
      { dtype: "int32" },
    );
    const options = { inputLengths: Int32Array.of(5, 3, 2), targetLengths: Int32Array.of(3, 2, 0) };
    passes(gradcheck((x) => ctcLoss(x, targets, options), [real(3, 3, 5, 3)]));
  });
});
