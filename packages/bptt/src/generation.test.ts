import { gru, unroll } from "@unroll/cells";
import { Embedding, Linear, Module } from "@unroll/nn";
import { createGenerator, normal, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { drawIndex, forecast, sample, sampleAsync, type ModelState, type SequenceModel } from "./index.js";

class Letters extends Module implements SequenceModel {
  embedding = new Embedding(5, 3);
  rnn = unroll(gru, { inputSize: 3, hiddenSize: 4 });
  head = new Linear(4, 5);
  forward(x: Tensor, state?: ModelState): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(this.embedding.forward(x), { state });
    return { logits: this.head.forward(output), state: next };
  }
}

class Series extends Module implements SequenceModel {
  rnn = unroll(gru, { inputSize: 2, hiddenSize: 4 });
  head;
  constructor(width: number) {
    super();
    this.head = new Linear(4, width);
  }
  forward(x: Tensor, state?: ModelState): { output: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(x, { state });
    return { output: this.head.forward(output), state: next };
  }
}

const flat = (x: Tensor): number[] => Array.from(x.toTypedArray());
const prime = Int32Array.of(1, 2, 3);

describe("drawIndex", () => {
  const logits = [0, Math.log(2), Math.log(5), Math.log(2)];
  const shares = (options: Omit<Parameters<typeof drawIndex>[1], "generator">): number[] => {
    const generator = createGenerator(3);
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 4000; draw++) counts[drawIndex(logits, { ...options, generator })]!++;
    return counts.map((count) => count / 4000);
  };
  const close = (actual: readonly number[], expected: readonly number[]): void =>
    actual.forEach((share, index) => expect(Math.abs(share - (expected[index] as number))).toBeLessThan(0.03));

  it("follows the probabilities", () => close(shares({}), [0.1, 0.2, 0.5, 0.2]));
  it("sharpens with temperature", () => close(shares({ temperature: 0.5 }), [1 / 34, 4 / 34, 25 / 34, 4 / 34]));
  it("takes the k likeliest", () => close(shares({ topK: 2 }), [0, 2 / 7, 5 / 7, 0]));
  it("takes the likeliest that make up a share", () => {
    close(shares({ topP: 0.5 }), [0, 0, 1, 0]);
    close(shares({ topP: 0.9 }), [0, 2 / 9, 5 / 9, 2 / 9]);
    close(shares({ topP: 0.7, topK: 2 }), [0, 0, 1, 0]);
  });
  it("draws evenly among what is possible at an infinite temperature", () => {
    const generator = createGenerator(3);
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 3000; draw++) {
      counts[drawIndex([0, -Infinity, 9, 5], { generator, temperature: Infinity })]!++;
    }
    close(
      counts.map((count) => count / 3000),
      [1 / 3, 0, 1 / 3, 1 / 3],
    );
  });
  it("takes Infinity for no limit", () => {
    const draw = (options: object): number => drawIndex([1, 3, 2], { generator: createGenerator(1), ...options });
    expect(draw({ topK: Infinity })).toBe(draw({}));
  });
  it.each([
    ["sample: topP must lie above 0 and up to 1, got 0", { topP: 0 }],
    ["sample: topP must lie above 0 and up to 1, got NaN", { topP: NaN }],
    ["sample: temperature must be at least 0, got -1", { temperature: -1 }],
    ["sample: temperature must be at least 0, got NaN", { temperature: NaN }],
    ["sample: topK must be a positive integer, or Infinity, got 0", { topK: 0 }],
    ["sample: topK must be a positive integer, or Infinity, got 1.5", { topK: 1.5 }],
  ])("explains wrong settings: %s", (message, wrong) => {
    expect(() => shares(wrong)).toThrow(message);
  });
  it.each([
    ["NaN of 3", [1, NaN, 3]],
    ["Infinity of 2", [0, Infinity]],
    ["-Infinity of 2", [-Infinity, -Infinity]],
    ["-Infinity of 0", []],
  ])("refuses logits it cannot draw from: %s", (got, wrong) => {
    for (const temperature of [0, 1, Infinity]) {
      expect(() => drawIndex(wrong, { generator: createGenerator(1), temperature })).toThrow(
        `sample: the logits need a finite largest one, got ${got}`,
      );
    }
  });
});

describe("sample", () => {
  const model = new Letters().initialize({ seed: 4 });
  const drawn = (options = {}): number[] => [...sample(model, { prime, generator: createGenerator(1), length: 30, ...options })];

  it("ends by length or at a stop index", () => {
    const all = drawn();
    expect(all).toHaveLength(30);
    const stop = all[5] as number;
    expect(drawn({ stop })).toEqual(all.slice(0, all.indexOf(stop) + 1));
    expect(drawn({ stop: [stop, all[2]] })).toEqual(all.slice(0, Math.min(all.indexOf(stop), all.indexOf(all[2] as number)) + 1));
  });

  it.each([-1, NaN, 2.5])("refuses length %s", (length) => {
    expect(() => drawn({ length })).toThrow(`sample: length must be a whole number, 0 or more, got ${length}`);
  });

  it("goes on from a state as if the prime had been longer", () => {
    const { state } = model.forward(normalIds([1]));
    expect(drawn({ prime: Int32Array.of(2, 3), state })).toEqual(drawn());
  });

  it("comes as an async iterator too, which a signal ends", async () => {
    const read = async (signal?: AbortSignal): Promise<number[]> => {
      const found: number[] = [];
      const options = { prime, generator: createGenerator(1), length: 30, ...(signal && { signal }) };
      for await (const index of sampleAsync(model, options)) found.push(index);
      return found;
    };
    expect(await read()).toEqual(drawn());
    expect(await read(AbortSignal.abort())).toEqual([]);
  });
});

function normalIds(ids: readonly number[]): Tensor {
  return normal([1, ids.length], { generator: createGenerator(1) })
    .mul(0)
    .add(ids[0] as number)
    .cast("int32");
}

describe("forecast", () => {
  const history = normal([3, 5, 2], { generator: createGenerator(7) });

  it("feeds predictions back, with the state carried, as reading everything anew does", () => {
    const model = new Series(2).initialize({ seed: 5 });
    const { values, state } = forecast(model, history, { steps: 4 });
    expect(values.shape).toEqual([3, 4, 2]);
    const first = values.slice({ axis: 1, stop: 1 });
    const anew = forecast(model, first, { steps: 3, ...(state && { state }) }).values;
    expect(flat(anew)).toEqual(flat(values.slice({ axis: 1, start: 1 })));
  });

  it("lets inputs differ from predictions", () => {
    const model = new Series(1).initialize({ seed: 5 });
    const seen: number[] = [];
    const nextInput = (prediction: Tensor, step: number): Tensor => {
      seen.push(step);
      return prediction.broadcastTo([3, 1, 2]);
    };
    expect(forecast(model, history, { steps: 3, nextInput }).values.shape).toEqual([3, 3, 1]);
    expect(seen).toEqual([0, 1]);
  });

  it("refuses a strategy that there is not", () => {
    const strategy = "dirct" as "direct";
    expect(() => forecast(new Series(2), history, { steps: 1, strategy })).toThrow(
      "forecast: strategy must be one of recursive, direct, got dirct",
    );
  });

  it("reads all steps from the last output, where it is direct", () => {
    const model = new Series(6).initialize({ seed: 5 });
    const { values } = forecast(model, history, { steps: 3, strategy: "direct" });
    expect(values.shape).toEqual([3, 3, 2]);
    expect(flat(values)).toEqual(flat(model.forward(history).output.slice({ axis: 1, start: -1 })));
    expect(() => forecast(model, history, { steps: 4, strategy: "direct" })).toThrow(
      /needs outputs of a multiple of that width, got 6/,
    );
  });
});
