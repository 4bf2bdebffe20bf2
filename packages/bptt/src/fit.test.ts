import { defineCell, lstm, unroll, type Cell } from "@unroll/cells";
import { crossEntropy, Embedding, Linear, Module } from "@unroll/nn";
import { adam } from "@unroll/optim";
import { createGenerator, fromTypedArray, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { evaluate, fit, sample, type Batch, type ModelState, type SequenceModel, type Truncation } from "./index.js";

class CharModel extends Module implements SequenceModel {
  embedding = new Embedding(4, 6);
  rnn;
  head = new Linear(8, 4);

  constructor(cell: Cell = lstm) {
    super();
    this.rnn = unroll(cell, { inputSize: 6, hiddenSize: 8 });
  }

  forward(x: Tensor, state?: ModelState): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(this.embedding.forward(x), { state });
    return { logits: this.head.forward(output), state: next };
  }
}

// A period-3 sequence per row: predictable once the phase is known.
function* batches(count: number, time = 8): Generator<Batch> {
  for (let index = 0; index < count; index++) {
    const make = (shift: number): Tensor => {
      const data = new Int32Array(2 * time);
      for (let row = 0; row < 2; row++)
        for (let t = 0; t < time; t++) data[row * time + t] = (row + index * time + t + shift) % 3;
      return fromTypedArray(data, [2, time]);
    };
    yield { inputs: make(0), targets: make(1), first: index === 0 };
  }
}

const weights = (model: Module): number[][] => Object.values(model.stateDict()).map((x) => Array.from(x.toTypedArray()));
const again = (count: number): Iterable<Batch> => ({ [Symbol.iterator]: () => batches(count) });
const options = { loss: crossEntropy, optimizer: adam({ learningRate: 0.02 }), clip: { maxNorm: 1 } } as const;
const made = (cell?: Cell): CharModel => new CharModel(cell).initialize({ seed: 1 });

async function trained(bptt: Truncation): Promise<number[][]> {
  const model = made();
  await fit(model, again(4), { ...options, bptt });
  return weights(model);
}

describe("fit", () => {
  it("learns", async () => {
    const model = made();
    const before = evaluate(model, batches(5), options);
    const { loss, stopped } = await fit(model, again(30), { ...options, epochs: 2 });
    expect(stopped).toBe("done");
    expect(before).toBeGreaterThan(1);
    expect(loss).toBeLessThan(0.3);
    expect(evaluate(model, batches(5), options)).toBeLessThan(0.3);
  });

  it("equals full back-propagation, bit for bit, where k1 = k2 = T", async () => {
    expect(await trained({ k1: 8, k2: 8 })).toEqual(await trained("full"));
    expect(await trained({ k1: 4, k2: 4 })).not.toEqual(await trained("full"));
    expect(await trained({ k1: 2, k2: 4 })).not.toEqual(await trained({ k1: 2, k2: 2 }));
  });

  it("goes on from a saved state to bit-identical weights", async () => {
    const whole = made();
    await fit(whole, again(6), { ...options, epochs: 2 });
    const parts = made();
    const stop = new AbortController();
    const first = await fit(parts, again(6), {
      ...options,
      epochs: 2,
      signal: stop.signal,
      onStep: ({ step }) => {
        if (step === 8) stop.abort();
      },
    });
    expect(first.stopped).toBe("aborted");
    expect([first.state.step, first.state.epoch, first.state.batch]).toEqual([8, 1, 2]);
    await fit(parts, again(6), { ...options, epochs: 2, resume: first.state });
    expect(weights(parts)).toEqual(weights(whole));
  });

  it("stops at a loss that is not finite and keeps the last good weights", async () => {
    const model = made();
    const before = weights(model);
    const bad = (): Tensor => model.head.bias?.log().sum() as Tensor;
    await expect(fit(model, again(1), { ...options, loss: bad })).rejects.toThrow(/step 1 gave loss -?Infinity/);
    expect(weights(model)).toEqual(before);
  });

  it("trains a cell defined in a user's file", async () => {
    const leaky = defineCell({
      name: "leaky",
      state: ["h"],
      step({ weightIh, weightHh, biasIh }, x, { h }) {
        const candidate = x.matmul(weightIh.transpose()).add(h.matmul(weightHh.transpose())).add(biasIh).tanh();
        const next = h.mul(0.3).add(candidate.mul(0.7));
        return { output: next, state: { h: next } };
      },
    });
    const { loss } = await fit(made(leaky), again(30), { ...options, epochs: 2 });
    expect(loss).toBeLessThan(0.3);
  });
});

describe("sample", () => {
  it("repeats from a seed and follows what was learned", async () => {
    const model = made();
    await fit(model, again(30), { ...options, epochs: 2 });
    const draw = (temperature: number): number[] => {
      const drawn: number[] = [];
      for (const index of sample(model, { prime: Int32Array.of(0, 1, 2), generator: createGenerator(2), temperature })) {
        drawn.push(index);
        if (drawn.length === 9) break;
      }
      return drawn;
    };
    expect(draw(0)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(draw(1.5)).toEqual(draw(1.5));
  });
});
