import { defineCell, gru, lstm, rnn, unroll, type Cell } from "@unroll/cells";
import { Linear, meanSquaredError, Module } from "@unroll/nn";
import { sgd } from "@unroll/optim";
import { createGenerator, currentBackend, normal, setBackend, tensor, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { describe, expect, it } from "vitest";

import {
  drawGradientFlow,
  drawPanels,
  gradientFlow,
  spectralRadius,
  type GradientFlow,
  type ModelState,
  type SequenceModel,
} from "../index.js";

class Sequence extends Module implements SequenceModel {
  rnn;
  head = new Linear(3, 1);

  constructor(cell: Cell, layers = 1) {
    super();
    this.rnn = unroll(cell, { inputSize: 1, hiddenSize: 3, layers, direction: "forward" });
  }

  forward(x: Tensor, state?: ModelState): { output: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(x, { state });
    return { output: this.head.forward(output), state: next };
  }
}

const generator = createGenerator(1);
const batch = { inputs: normal([2, 6, 1], { generator }), targets: normal([2, 6, 1], { generator }) };
const made = (cell: Cell, layers?: number): Sequence => new Sequence(cell, layers).initialize({ seed: 2 });

describe("gradientFlow", () => {
  it("gives the gradient of the loss for the state at each step, as differences of the loss do", () => {
    const model = made(rnn);
    const { layers, time, loss } = gradientFlow(model, batch, { loss: meanSquaredError });
    expect([time, layers.map(({ name }) => name)]).toEqual([6, ["rnn.l0"]]);
    // Reads the first t + 1 steps, moves the state, and reads on.
    const lossWith = (t: number, row: number, unit: number, shift: number): number => {
      const { state } = model.forward(batch.inputs.slice({ axis: 1, stop: t + 1 }));
      const h = Array.from(state[0]?.h?.toTypedArray() ?? []);
      h[row * 3 + unit] = (h[row * 3 + unit] as number) + shift;
      const { output } = model.forward(batch.inputs.slice({ axis: 1, start: t + 1 }), [{ h: tensor(h).reshape([2, 3]) }]);
      return meanSquaredError(output.slice({ axis: 1, start: -1 }), batch.targets.slice({ axis: 1, start: -1 })).item();
    };
    for (const t of [0, 2, 4]) {
      let squares = 0;
      for (const row of [0, 1]) {
        for (const unit of [0, 1, 2]) squares += ((lossWith(t, row, unit, 1e-2) - lossWith(t, row, unit, -1e-2)) / 2e-2) ** 2;
      }
      expect(layers[0]?.state.h?.[t]).toBeCloseTo(Math.sqrt(squares), 3);
    }
    expect(loss).toBeCloseTo(lossWith(0, 0, 0, 0), 6);
  });

  it("reports every layer, state and gate, radii and the size of an update", () => {
    const model = made(lstm, 2);
    const report = gradientFlow(model, batch, { loss: meanSquaredError, lossAt: "every", optimizer: sgd({ learningRate: 0.1 }) });
    expect(report.layers.map(({ name, state, gates }) => [name, Object.keys(state), Object.keys(gates)])).toEqual([
      ["rnn.l0", ["h", "c"], ["i", "f", "g", "o"]],
      ["rnn.l1", ["h", "c"], ["i", "f", "g", "o"]],
    ]);
    for (const { state, gates, spectralRadius: radii } of report.layers) {
      expect(Object.values(state).every((norms) => norms.length === 6 && norms.every((norm) => norm > 0))).toBe(true);
      // Recurrent weights start orthogonal.
      expect(Object.keys(radii)).toEqual(["i", "f", "g", "o"]);
      for (const radius of Object.values(radii)) expect(radius).toBeCloseTo(1, 5);
      for (const { saturation } of Object.values(gates)) {
        expect(saturation.every((share) => share >= 0 && share <= 1)).toBe(true);
      }
    }
    for (const { weightNorm, gradientNorm, updateRatio } of report.parameters.filter(({ weightNorm: norm }) => norm > 0)) {
      expect(updateRatio).toBeCloseTo((0.1 * gradientNorm) / weightNorm, 5);
    }
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("sees gates that are saturated, and leaves the model as it was", () => {
    const model = made(lstm).train();
    model.rnn
      .parameters()
      .get("bias_ih_l0")
      ?.assign(tensor([20, 20, 20, -20, -20, -20, 20, 20, 20, 0, 0, 0]));
    const { layers } = gradientFlow(model, batch, { loss: meanSquaredError });
    const shares = Object.values(layers[0]?.gates ?? {}).map(({ saturation }) => saturation[3]);
    expect(shares).toEqual([1, 1, 1, 0]);
    expect(model.training).toBe(true);
    expect(Object.hasOwn(model.rnn, "forward")).toBe(false);
  });

  it("measures a cell from a user's file, in both directions", () => {
    const leaky = defineCell({
      name: "leaky",
      state: ["h"],
      step({ weightIh, weightHh, biasIh }, x, { h }) {
        const candidate = x.matmul(weightIh.transpose()).add(h.matmul(weightHh.transpose())).add(biasIh).tanh();
        const next = h.mul(0.3).add(candidate.mul(0.7));
        return { output: next, state: { h: next } };
      },
    });
    class Both extends Module implements SequenceModel {
      rnn = unroll(leaky, { inputSize: 1, hiddenSize: 3, direction: "bidirectional" });
      head = new Linear(6, 1);
      forward(x: Tensor): Tensor {
        return this.head.forward(this.rnn.forward(x).output);
      }
    }
    const { layers } = gradientFlow(new Both().initialize({ seed: 1 }), batch, { loss: meanSquaredError });
    expect(layers.map(({ name }) => name)).toEqual(["rnn.l0", "rnn.l0_reverse"]);
    expect(layers[0]?.spectralRadius.leaky).toBeCloseTo(1, 5);
    expect(layers[0]?.state.h?.every((norm) => norm > 0)).toBe(true);
    // Read backwards, the last step of the sequence comes first, and its loss reaches no later reading.
    expect(layers[1]?.state.h?.map((norm) => norm > 0)).toEqual([false, false, false, false, false, true]);
  });

  it.each([lstm, gru])("measures $name the same on both engines, compiled in fewer operations", async (cell) => {
    const before = currentBackend();
    const backend = await useWasm();
    try {
      const inputs = { inputs: normal([2, 6, 1], { generator }), targets: normal([2, 6, 1], { generator }) };
      const flowOf = (engine: "compiled" | "tape"): { flow: GradientFlow; products: number } => {
        const model = made(cell);
        model.rnn = unroll(cell, { inputSize: 1, hiddenSize: 3, layers: 2, engine }).initialize({ seed: 5 });
        const { matmul } = backend.kernels;
        let products = 0;
        Object.assign(backend.kernels, { matmul: (...args: Parameters<typeof matmul>) => (products++, matmul(...args)) });
        const flow = gradientFlow(model, inputs, { loss: meanSquaredError, lossAt: "every" });
        Object.assign(backend.kernels, { matmul });
        return { flow, products };
      };
      const [tape, compiled] = [flowOf("tape"), flowOf("compiled")];
      expect([tape.products > 20, compiled.products < 20]).toEqual([true, true]);
      const numbers = (value: unknown): number[] =>
        typeof value === "number"
          ? [value]
          : typeof value === "object" && value !== null
            ? Object.values(value).flatMap(numbers)
            : [];
      expect(Object.keys(compiled.flow.layers[1]?.gates ?? {})).toEqual(Object.keys(tape.flow.layers[1]?.gates ?? {}));
      const [got, wanted] = [numbers(compiled.flow), numbers(tape.flow)];
      expect(got).toHaveLength(wanted.length);
      got.forEach((value, index) => expect(value).toBeCloseTo(wanted[index] as number, 5));
    } finally {
      setBackend(before);
    }
  });

  it("needs a recurrent layer", () => {
    class Flat extends Module implements SequenceModel {
      head = new Linear(1, 1);
      forward(x: Tensor): Tensor {
        return this.head.forward(x);
      }
    }
    expect(() => gradientFlow(new Flat(), batch, { loss: meanSquaredError })).toThrow(/needs a layer made by unroll/);
  });
});

describe("spectralRadius", () => {
  it.each([
    ["a rotation", [0, -2, 2, 0], 2],
    ["a Jordan block", [0.5, 1, 0, 0.5], 0.5],
    ["a nilpotent matrix", [0, 1, 0, 0], 0],
    ["a diagonal", [3, 0, 0, 0, -4, 0, 0, 0, 1], 4],
  ])("of %s", (_, matrix, radius) => expect(spectralRadius(matrix)).toBeCloseTo(radius, 8));
});

describe("drawing", () => {
  it("scales all panels alike", () => {
    const picture = drawPanels(
      [
        { title: "rising", values: [1e-3, 1e-2, 1e-1, 1] },
        { title: "odd", values: [0, 1, Infinity] },
      ],
      { width: 6, height: 3 },
    );
    expect(picture.split("\n")).toEqual([
      "        rising  odd",
      "   1e0 │   █   │ █!",
      "       │  ██   │ █!",
      "  1e-3 │▁███   │ █!",
      "       └0──3   └0─2",
    ]);
  });

  it("puts reports side by side", () => {
    const flows = {
      Elman: gradientFlow(made(rnn), batch, { loss: meanSquaredError }),
      LSTM: gradientFlow(made(lstm), batch, { loss: meanSquaredError }),
    };
    const picture = drawGradientFlow(flows, { width: 40 });
    expect(picture).toContain("Elman, rnn.l0: |dL/dh| over time");
    expect(picture).toMatch(/LSTM, rnn\.l0: i \d+% saturated, radius 1\.00; f/);
  });
});
