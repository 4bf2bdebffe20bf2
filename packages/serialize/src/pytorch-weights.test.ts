import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { gru, lstm, rnn, unroll, type Cell, type CellState, type Unrolled } from "@unroll/cells";
import { Embedding, Linear, Module } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { encodeSafetensors } from "./index.js";
import { loadSafetensors } from "./node.js";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/pytorch/${name}.safetensors`, import.meta.url));

type Run = Readonly<Record<string, Tensor>>;

// PyTorch's states [layers * directions, batch, hidden] as ours, one record per layer and direction.
const states = (run: Run, when: "0" | "n"): CellState[] =>
  (run[`h_${when}`] as Tensor).unstack({ axis: 0 }).map((h, row) => {
    const c = run[`c_${when}`]?.unstack({ axis: 0 })[row];
    return c === undefined ? { h } : { h, c };
  });

const expectClose = (actual: Tensor, expected: Tensor): void => {
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.sub(expected).abs().max().item()).toBeLessThan(1e-5);
};

describe.each<[string, Cell]>([
  ["rnn", rnn],
  ["lstm", lstm],
  ["gru", gru],
])("a PyTorch %s", (name, cell) => {
  const layers: [string, () => Unrolled][] = [
    [name, () => unroll(cell, { inputSize: 3, hiddenSize: 4 })],
    [`${name}-2-bidirectional`, () => unroll(cell, { inputSize: 3, hiddenSize: 4, layers: 2, direction: "bidirectional" })],
  ];

  it.each(layers)("%s has our names and shapes", async (file, build) => {
    const { tensors } = await loadSafetensors(fixture(file));
    const shapes = (values: Readonly<Record<string, Tensor>>): object =>
      Object.fromEntries(Object.entries(values).map(([key, { shape }]) => [key, shape]));
    expect(shapes(build().stateDict())).toEqual(shapes(tensors));
  });

  it.each(layers)("%s gives the same outputs and states here", async (file, build) => {
    const layer = build().loadStateDict((await loadSafetensors(fixture(file))).tensors);
    const { tensors: run } = await loadSafetensors(fixture(`${file}.run`));
    const { output, state } = layer.forward(run["x"] as Tensor, { state: states(run, "0") });
    expectClose(output, run["y"] as Tensor);
    states(run, "n").forEach((expected, row) => {
      for (const [key, value] of Object.entries(expected)) expectClose(state[row]?.[key] as Tensor, value);
    });
  });

  it.each(layers)("%s written by us is, byte for byte, the file PyTorch wrote", async (file, build) => {
    const layer = build().loadStateDict((await loadSafetensors(fixture(file))).tensors);
    const bytes = encodeSafetensors(layer.stateDict(), { metadata: { format: "pt" } });
    expect(Buffer.from(bytes).equals(await readFile(fixture(file)))).toBe(true);
  });
});

it("a PyTorch classifier of Embedding, LSTM and Linear loads with no mapping", async () => {
  class Classifier extends Module {
    readonly embedding = new Embedding(7, 3);
    readonly rnn = unroll(lstm, { inputSize: 3, hiddenSize: 4 });
    readonly head = new Linear(4, 2);
  }
  const model = new Classifier().loadStateDict((await loadSafetensors(fixture("classifier"))).tensors);
  const { tensors: run } = await loadSafetensors(fixture("classifier.run"));
  expectClose(model.head.forward(model.rnn.forward(model.embedding.forward(run["x"] as Tensor)).output), run["y"] as Tensor);
});
