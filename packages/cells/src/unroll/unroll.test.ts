import { createGenerator, normal, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { gru, lstm, rnn, unroll, type Cell } from "../index.js";

const cells: readonly Cell[] = [rnn, lstm, gru];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

// The equations once more, on plain numbers, for one row and one layer.
function reference(
  name: string,
  weights: Readonly<Record<string, Tensor>>,
  xs: readonly (readonly number[])[],
  size: number,
): number[][] {
  const read = (key: string): number[] => Array.from((weights[`${key}_l0`] as Tensor).toTypedArray());
  const [wi, wh, bi, bh] = [read("weight_ih"), read("weight_hh"), read("bias_ih"), read("bias_hh")] as [
    number[],
    number[],
    number[],
    number[],
  ];
  const affine = (w: number[], b: number[], v: readonly number[], row: number): number =>
    v.reduce((sum, value, column) => sum + (w[row * v.length + column] as number) * value, b[row] as number);
  let h = new Array<number>(size).fill(0);
  let c = new Array<number>(size).fill(0);
  return xs.map((x) => {
    const before = h;
    const a = (gate: number, k: number): number => affine(wi, bi, x, gate * size + k);
    const r = (gate: number, k: number): number => affine(wh, bh, before, gate * size + k);
    const both = (gate: number, k: number): number => a(gate, k) + r(gate, k);
    if (name === "rnn") h = before.map((_, k) => Math.tanh(both(0, k)));
    if (name === "lstm") {
      c = c.map((old, k) => sigmoid(both(1, k)) * old + sigmoid(both(0, k)) * Math.tanh(both(2, k)));
      h = c.map((value, k) => sigmoid(both(3, k)) * Math.tanh(value));
    }
    if (name === "gru") {
      h = before.map((old, k) => {
        const z = sigmoid(both(1, k));
        return z * old + (1 - z) * Math.tanh(a(2, k) + sigmoid(both(0, k)) * r(2, k));
      });
    }
    return h;
  });
}

const sequence = (...shape: number[]): Tensor => normal(shape, { generator: createGenerator(5) });
const flat = (x: Tensor): number[] => Array.from(x.toTypedArray());

describe.each(cells.map((cell) => [cell.name, cell] as const))("unroll(%s)", (name, cell) => {
  const randomized = (layer: ReturnType<typeof unroll>): typeof layer => {
    const generator = createGenerator(9);
    for (const parameter of layer.parameters().values()) parameter.assign(normal(parameter.shape, { generator, deviation: 0.5 }));
    return layer;
  };

  it("follows its equations", () => {
    const layer = randomized(unroll(cell, { inputSize: 3, hiddenSize: 4 }));
    const x = sequence(1, 6, 3);
    const rows = x.reshape([6, 3]).unstack({ axis: 0 }).map(flat);
    const expected = reference(name, layer.stateDict(), rows, 4).flat();
    flat(layer.forward(x).output).forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
  });

  it("runs a ragged batch as its rows one by one, exactly, zero length included", () => {
    const layer = randomized(unroll(cell, { inputSize: 3, hiddenSize: 4, layers: 2, direction: "bidirectional" }));
    const x = sequence(4, 6, 3);
    const lengths = Int32Array.of(6, 0, 3, 1);
    const batch = layer.forward(x, { lengths });
    lengths.forEach((length, row) => {
      const alone = layer.forward(x.slice({ axis: 0, start: row, stop: row + 1 }).slice({ axis: 1, stop: length }));
      const together = batch.output.slice({ axis: 0, start: row, stop: row + 1 });
      expect(flat(together.slice({ axis: 1, stop: length }))).toEqual(flat(alone.output));
      expect(flat(together.slice({ axis: 1, start: length })).every((value) => value === 0)).toBe(true);
      alone.state.forEach((state, index) => {
        for (const [key, value] of Object.entries(state)) {
          expect(flat((batch.state[index]?.[key] as Tensor).slice({ axis: 0, start: row, stop: row + 1 }))).toEqual(flat(value));
        }
      });
    });
  });

  it("gives step by step, bit for bit, what the whole sequence gives", () => {
    const layer = randomized(unroll(cell, { inputSize: 3, hiddenSize: 4, layers: 2 }));
    const x = sequence(2, 5, 3);
    let state = layer.zeroState(2);
    const steps = x.unstack({ axis: 1 }).map((step) => {
      const result = layer.forward(step.unsqueeze({ axis: 1 }), { state });
      state = [...result.state];
      return flat(result.output);
    });
    const whole = layer.forward(x).output.unstack({ axis: 1 }).map(flat);
    expect(steps).toEqual(whole);
  });
});

it("names and shapes are those of PyTorch's nn.LSTM(3, 4, num_layers=2, bidirectional=True)", () => {
  const layer = unroll(lstm, { inputSize: 3, hiddenSize: 4, layers: 2, direction: "bidirectional" });
  const names = (layerIndex: number, suffix: string, inputs: number): [string, number[]][] => [
    [`weight_ih_l${layerIndex}${suffix}`, [16, inputs]],
    [`weight_hh_l${layerIndex}${suffix}`, [16, 4]],
    [`bias_ih_l${layerIndex}${suffix}`, [16]],
    [`bias_hh_l${layerIndex}${suffix}`, [16]],
  ];
  expect(Object.entries(layer.stateDict()).map(([name, { shape }]) => [name, shape])).toEqual([
    ...names(0, "", 3),
    ...names(0, "_reverse", 3),
    ...names(1, "", 8),
    ...names(1, "_reverse", 8),
  ]);
});

it("starts the forget bias at 1", () => {
  const { bias_ih_l0: bias } = unroll(lstm, { inputSize: 1, hiddenSize: 2 }).stateDict();
  expect(flat(bias as Tensor)).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
});

it("gives a last output that holds on to nothing else", () => {
  const { output, last } = unroll(gru, { inputSize: 3, hiddenSize: 4 }).forward(sequence(2, 5, 3));
  const values = flat(last);
  expect(last.toDense().storage.length).toBe(last.size);
  output.dispose();
  expect(flat(last)).toEqual(values);
});

it("explains wrong shapes", () => {
  const layer = unroll(rnn, { inputSize: 3, hiddenSize: 4 });
  expect(() => layer.forward(zeros([2, 5, 4]))).toThrow("unroll: needs a sequence [batch, time, 3], got [2, 5, 4]");
  expect(() => layer.forward(zeros([2, 5, 3]), { lengths: Int32Array.of(1, 6) })).toThrow(
    /one length in 0\.\.5 for each of 2 rows/,
  );
});
