import { Tape } from "@unroll/autograd";
import { orthogonal } from "@unroll/nn";
import { createGenerator, full, normal, tensor, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  layerNormLstm,
  lstm,
  lstmCell,
  memoryHalfLife,
  rnnCell,
  spectralRadius,
  trace,
  unroll,
  type CellState,
} from "./index.js";

const float64 = { dtype: "float64" } as const;
const norm = (x: Tensor): number => Math.sqrt(x.square().sum().item());

describe("gradients through time", () => {
  it.each([0.5, 0.9, 1, 1.1])("of a linear network with W = %f Q have norm rho^k", (rho) => {
    const size = 6;
    const q = orthogonal([size, size], createGenerator(3), "float64");
    const layer = unroll(rnnCell({ activation: "linear", bias: "none" }), { inputSize: 1, hiddenSize: size, ...float64 });
    layer.loadStateDict({ weight_ih_l0: zeros([size, 1], float64), weight_hh_l0: q.mul(rho) });
    for (const steps of [1, 10, 50]) {
      const tape = new Tape();
      const start = tape.variable(zeros([1, size], float64));
      const { state } = layer.forward(zeros([1, steps, 1], float64), { state: [{ h: start }] });
      const seed = tensor([[1, 0, 0, 0, 0, 0]], float64);
      const [gradient] = tape.gradients(state[0]?.h as Tensor, [start], { seed });
      expect(Math.abs(norm(gradient as Tensor) / rho ** steps - 1)).toBeLessThan(1e-10);
    }
    expect(Math.abs(spectralRadius(q.mul(rho)) - rho)).toBeLessThan(1e-12);
  });

  it("along the cell state of an LSTM with f = 1 stay as they are, exactly", () => {
    const size = 3;
    const layer = unroll(lstm, { inputSize: 2, hiddenSize: size, ...float64 }).initialize({ seed: 1 });
    // f is 1 to the last bit, and no gate reads h, so that c is the only way back.
    layer.loadStateDict({
      ...layer.stateDict(),
      bias_ih_l0: tensor([0, 0, 0, 100, 100, 100, 0, 0, 0, 0, 0, 0], float64),
      weight_hh_l0: zeros([4 * size, size], float64),
    });
    const tape = new Tape();
    const c = tape.variable(normal([2, size], { generator: createGenerator(2), ...float64 }));
    const x = normal([2, 200, 2], { generator: createGenerator(5), ...float64 });
    const { state } = layer.forward(x, { state: [{ h: zeros([2, size], float64), c }] });
    const seed = normal([2, size], { generator: createGenerator(7), ...float64 });
    const [gradient] = tape.gradients((state[0] as CellState)["c"] as Tensor, [c], { seed });
    expect(gradient?.toTypedArray()).toEqual(seed.toTypedArray());
  });

  it("do not pass peepholes in the historic regime", () => {
    const run = (peepholeGradient: "full" | "truncated"): readonly [number[], number[]] => {
      const cell = lstmCell({ peephole: "diagonal", peepholeGradient });
      const layer = unroll(cell, { inputSize: 2, hiddenSize: 2, ...float64 }).initialize({ seed: 1 });
      const tape = new Tape();
      const c = tape.variable(tensor([[0.5, -1]], float64));
      const { output } = layer.forward(normal([1, 4, 2], { generator: createGenerator(5), ...float64 }), {
        state: [{ h: zeros([1, 2], float64), c }],
      });
      const [gradient] = tape.gradients(output.sum(), [c]);
      return [Array.from(output.toTypedArray()), Array.from((gradient as Tensor).toTypedArray())];
    };
    const [full, truncated] = [run("full"), run("truncated")];
    expect(truncated[0]).toEqual(full[0]);
    expect(truncated[1]).not.toEqual(full[1]);
  });
});

describe("spectralRadius", () => {
  it("knows rotations, triangles and nilpotent matrices", () => {
    expect(
      spectralRadius(
        tensor([
          [0, -2],
          [2, 0],
        ]),
      ),
    ).toBeCloseTo(2, 12);
    expect(
      spectralRadius(
        tensor(
          [
            [0.5, 1000],
            [0, -0.75],
          ],
          float64,
        ),
      ),
    ).toBeCloseTo(0.75, 9);
    expect(
      spectralRadius(
        tensor([
          [0, 1],
          [0, 0],
        ]),
      ),
    ).toBe(0);
    expect(() => spectralRadius(zeros([4, 2]))).toThrow("spectralRadius: needs a square matrix, got [4, 2]");
  });
});

describe("trace", () => {
  it("shows the gates and states of every step", () => {
    const layer = unroll(layerNormLstm, { inputSize: 2, hiddenSize: 3, direction: "bidirectional" }).initialize({ seed: 2 });
    const { output, traces } = trace(layer, normal([2, 5, 2], { generator: createGenerator(1) }));
    expect(traces.map(({ gates }) => Object.entries(gates).map(([name, { shape }]) => [name, ...shape].join()))).toEqual([
      ["i,2,5,3", "f,2,5,3", "g,2,5,3", "o,2,5,3"],
      ["i,2,5,3", "f,2,5,3", "g,2,5,3", "o,2,5,3"],
    ]);
    const [forward, reverse] = output.split(2, { axis: 2 });
    expect(traces[0]?.states["h"]?.toTypedArray()).toEqual(forward?.toTypedArray());
    expect(traces[1]?.states["h"]?.toTypedArray()).toEqual(reverse?.toTypedArray());
  });
});

it("memoryHalfLife: a gate of 1/2 halves in one step, of 2^(-1/10) in ten, of 1 never", () => {
  const keep = tensor([[[0.5, 2 ** -0.1, 1]]], float64).broadcastTo([2, 7, 3]);
  const [one = 0, ten = 0, never] = memoryHalfLife(keep).toTypedArray();
  expect(one).toBeCloseTo(1, 12);
  expect(ten).toBeCloseTo(10, 9);
  expect(Math.abs(never as number)).toBe(Infinity);
  expect(Array.from(memoryHalfLife(full([1, 1, 1], 0)).toTypedArray())).toEqual([0]);
});
