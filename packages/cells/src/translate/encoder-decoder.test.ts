import { crossEntropy, differentiate } from "@unroll/nn";
import { createGenerator, tensor, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { beamSearch, EncoderDecoder, greedySearch, gru, lstm, type TokenModel } from "../index.js";

const int32 = { dtype: "int32" } as const;
const sizes = { sourceVocabulary: 5, targetVocabulary: 6, embeddingSize: 4, hiddenSize: 8, start: 4, end: 5 };

// Probabilities that depend on the last token alone: the first steps of greedy search lead away from the best sequence.
const table = [
  [0.1, 0.1, 0.3, 0.5],
  [0.02, 0.02, 0.02, 0.94],
  [0.55, 0.45, 0, 0],
  [0.25, 0.25, 0.25, 0.25],
];
const chain: TokenModel<Tensor> = {
  start: 2,
  end: 3,
  step: (tokens, state) => ({ logits: tensor(table).log().maximum(-1e9).take(tokens, { axis: 0 }), state }),
  select: (state, rows) => state.take(rows, { axis: 0 }),
};

describe("search", () => {
  it("by beam finds the sequence that greedy search misses", () => {
    const state = tensor([0]);
    const [greedy] = greedySearch(chain, state, { rows: 1, maxLength: 2 });
    expect(greedy?.tokens[0]).toBe(0);
    const [best, second] = beamSearch(chain, state, { width: 2, maxLength: 3 });
    expect(best?.tokens).toEqual([1]);
    expect(best?.logProbability).toBeCloseTo(Math.log(0.45 * 0.94), 6);
    expect(second?.tokens).toEqual([0]);
    expect(second?.logProbability).toBeCloseTo(Math.log(0.55 * 0.5), 6);
  });

  it("by a beam of one is greedy search", () => {
    const model = new EncoderDecoder(gru, sizes).initialize({ seed: 3 });
    const source = tensor([[1, 2, 3]], int32);
    const [[beam] = []] = model.beam(source, { width: 1, maxLength: 6 });
    const [greedy] = model.greedy(source, { maxLength: 6 });
    expect(beam?.tokens).toEqual(greedy?.tokens);
  });
});

describe.each(["additive", "dot", "none"] as const)("EncoderDecoder with %s attention", (attention) => {
  const make = (): EncoderDecoder => new EncoderDecoder(lstm, { ...sizes, attention, layers: 2 }).initialize({ seed: 1 });

  it("reads ragged sources as its rows one by one", () => {
    const model = make();
    const targets = tensor(
      [
        [1, 5],
        [2, 5],
      ],
      int32,
    );
    const lengths = Int32Array.of(3, 1);
    const together = model.forward(
      tensor(
        [
          [1, 2, 3],
          [2, 0, 0],
        ],
        int32,
      ),
      targets,
      { lengths },
    );
    const alone = model.forward(tensor([[2]], int32), targets.slice({ axis: 0, start: 1 }));
    const own = Array.from(together.slice({ axis: 0, start: 1 }).toTypedArray());
    Array.from(alone.toTypedArray()).forEach((value, index) => expect(own[index]).toBeCloseTo(value, 6));
    expect(model.forward(tensor([[1]], int32), targets.slice({ axis: 0, stop: 1 }), { teacherForcing: 0 }).shape).toEqual([
      1, 2, 6,
    ]);
  });

  it("has gradients for every parameter", () => {
    const model = make();
    const targets = tensor([[1, 2, 5]], int32);
    const { gradients } = differentiate(model, () => crossEntropy(model.forward(tensor([[1, 2]], int32), targets), targets));
    const silent = Object.entries(gradients).filter(([, gradient]) => gradient.abs().sum().item() === 0);
    expect(silent.map(([name]) => name)).toEqual([]);
  });
});

it("EncoderDecoder learns to reverse", { timeout: 30_000 }, () => {
  const model = new EncoderDecoder(gru, { ...sizes, hiddenSize: 16 }).initialize({ seed: 2 });
  const generator = createGenerator(7);
  const draw = (rows: number): { source: Tensor; targets: Tensor; reversed: number[][] } => {
    const drawn = Array.from({ length: rows }, () => Array.from({ length: 3 }, () => generator.integer(4)));
    const reversed = drawn.map((row) => row.toReversed());
    return {
      source: tensor(drawn, int32),
      targets: tensor(
        reversed.map((row) => [...row, 5]),
        int32,
      ),
      reversed,
    };
  };
  const moments = new Map<string, { m: Tensor; v: Tensor }>();
  for (let step = 1; step <= 100; step++) {
    const { source, targets } = draw(16);
    const { gradients } = differentiate(model, () => crossEntropy(model.forward(source, targets), targets));
    for (const [name, parameter] of model.parameters()) {
      const gradient = gradients[name] as Tensor;
      const { m, v } = moments.get(name) ?? { m: gradient.mul(0), v: gradient.mul(0) };
      const next = { m: m.mul(0.9).add(gradient.mul(0.1)), v: v.mul(0.99).add(gradient.square().mul(0.01)) };
      moments.set(name, next);
      const scale = (0.02 * Math.sqrt(1 - 0.99 ** step)) / (1 - 0.9 ** step);
      parameter.assign(parameter.value.sub(next.m.mul(scale).div(next.v.sqrt().add(1e-8))));
    }
  }
  const { source, reversed } = draw(40);
  const found = model.greedy(source, { maxLength: 5 }).map(({ tokens }) => tokens.join());
  const right = found.filter((tokens, row) => tokens === reversed[row]?.join()).length;
  expect(right).toBeGreaterThanOrEqual(32);
});
