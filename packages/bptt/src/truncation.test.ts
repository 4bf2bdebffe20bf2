import { Tape } from "@unroll/autograd";
import { gru, lstm, rnn, unroll, type Cell } from "@unroll/cells";
import { constant, meanSquaredError, Module, Parameter } from "@unroll/nn";
import { adam, sgd } from "@unroll/optim";
import { tensor, zeros, type Tensor } from "@unroll/tensor";
import { afterAll, describe, expect, it } from "vitest";

import fixture from "../fixtures/truncation.json" with { type: "json" };
import { fit, truncatedWindows, type Batch, type ModelState, type SequenceModel, type Truncation } from "./index.js";

const dtype = "float64";
const [count, rows, time, inputSize, hiddenSize, outputSize] = [2, 2, 8, 3, 4, 2] as const;

class Head extends Module {
  weight = new Parameter({ shape: [outputSize, hiddenSize], initializer: constant(0), dtype });
  bias = new Parameter({ shape: [outputSize], initializer: constant(0), dtype });

  forward(x: Tensor): Tensor {
    const flat = x.reshape([-1, hiddenSize]).matmul(this.weight.transpose()).add(this.bias);
    return flat.reshape([...x.shape.slice(0, -1), outputSize]);
  }
}

class Regressor extends Module implements SequenceModel {
  rnn;
  head = new Head();

  constructor(cell: Cell) {
    super();
    this.rnn = unroll(cell, { inputSize, hiddenSize, dtype });
  }

  forward(x: Tensor, state?: ModelState): { output: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(x, { state });
    return { output: this.head.forward(output), state: next };
  }
}

const shaped = (flat: readonly number[], shape: readonly number[]): Tensor => tensor(flat, { dtype }).reshape(shape);
const inputs = shaped(fixture.data.inputs, [count, rows, time, inputSize]).unstack({ axis: 0 });
const targets = shaped(fixture.data.targets, [count, rows, time, outputSize]).unstack({ axis: 0 });
const batches: Batch[] = inputs.map((x, index) => ({ inputs: x, targets: targets[index] as Tensor }));

function load(cell: Cell, values: Readonly<Record<string, readonly number[]>>): Regressor {
  const model = new Regressor(cell);
  for (const [name, parameter] of model.parameters()) parameter.assign(shaped(values[name] as number[], parameter.shape));
  return model;
}

describe("fit follows PyTorch, update by update", () => {
  // The fixture is what tooling/reference/optim/truncation.py did.
  const settings = {
    rnn: { cell: rnn, optimizer: sgd({ learningRate: 0.2, momentum: 0.9 }) },
    lstm: { cell: lstm, optimizer: adam({ learningRate: 0.05 }) },
    gru: { cell: gru, optimizer: sgd({ learningRate: 0.2, momentum: 0.9 }), clip: { maxNorm: 0.3 } },
  };
  const truncations: Readonly<Record<string, Truncation>> = {
    full: "full",
    "k1 4 k2 4": { k1: 4, k2: 4 },
    "k1 2 k2 4": { k1: 2, k2: 4 },
    "k1 3 k2 6": { k1: 3, k2: 6 },
  };
  const table: string[] = [];
  afterAll(() => console.log(["largest relative difference from PyTorch, float64", ...table].join("\n")));

  it.each(Object.entries(fixture.runs))("%s", async (name, { initial, losses, final }) => {
    const [kind, truncation] = [name.split(" ")[0] as keyof typeof settings, name.replace(/^\w+ /, "")];
    const { cell, ...options } = settings[kind];
    const model = load(cell, initial);
    const found: number[] = [];
    await fit(model, batches, {
      ...options,
      loss: meanSquaredError,
      bptt: truncations[truncation] as Truncation,
      onStep: ({ loss }) => void found.push(loss),
    });
    const expected = [...losses, ...Object.values(final).flat()];
    const actual = [...found, ...Object.keys(final).flatMap((key) => Array.from(model.stateDict()[key]?.toTypedArray() ?? []))];
    const worst = Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? NaN) - value) / Math.max(Math.abs(value), 1e-3)));
    table.push(`${name.padEnd(16)} ${worst.toExponential(1)}`);
    expect(actual.length).toBe(expected.length);
    expect(worst).toBeLessThan(1e-6);
  });
});

it("overlapping windows give the gradients of a graph that is cut by hand", async () => {
  const bptt = { k1: 2, k2: 6 };
  const [batch] = batches as [Batch];
  const model = load(lstm, fixture.runs["lstm full"].initial);
  const norms: number[] = [];
  await fit(model, [batch], {
    loss: meanSquaredError,
    optimizer: sgd({ learningRate: 0 }),
    bptt,
    onStep: ({ gradientNorm }) => void norms.push(gradientNorm),
  });
  // One step after the other from the beginning, with weights that are variables from the cut on only.
  const byHand = truncatedWindows(time, bptt).map(({ start, lossFrom, end }) => {
    const tape = new Tape();
    const names = [...(model.rnn.tracks[0]?.parameters.keys() ?? [])];
    const plain = Object.fromEntries([...(model.rnn.tracks[0]?.parameters ?? [])].map(([name, { value }]) => [name, value]));
    const watched = Object.fromEntries(names.map((name) => [name, tape.variable(plain[name] as Tensor)]));
    const weight = tape.variable(model.head.weight.value);
    const bias = tape.variable(model.head.bias.value);
    let state: Readonly<Record<string, Tensor>> = {
      h: zeros([rows, hiddenSize], { dtype }),
      c: zeros([rows, hiddenSize], { dtype }),
    };
    const losses: Tensor[] = [];
    for (let t = 0; t < end; t++) {
      const x = batch.inputs.slice({ axis: 1, start: t, stop: t + 1 }).squeeze({ axis: 1 });
      const y = batch.targets.slice({ axis: 1, start: t, stop: t + 1 }).squeeze({ axis: 1 });
      const result = lstm.step(t < start ? plain : watched, x, state);
      state = result.state;
      if (t >= lossFrom) losses.push(result.output.matmul(weight.transpose()).add(bias).sub(y).square().mean());
    }
    const loss = losses.reduce((sum, step) => sum.add(step)).div(losses.length);
    const gradients = tape.gradients(loss, [...Object.values(watched), weight, bias]);
    return Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient.square().sum().item(), 0));
  });
  expect(norms.length).toBe(4);
  norms.forEach((norm, index) => expect(norm).toBeCloseTo(byHand[index] as number, 12));
});
