import { createGenerator, normal, ones, scope, tensor, uniform, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { countBlocks } from "./block-counter.js";
import { checkpoint, checkpointedLoop, grad, gradcheck, onGradient } from "./index.js";

type Weights = Record<"input" | "recurrent" | "bias", Tensor>;
type State = Record<"h" | "c", Tensor>;

const hidden = 4;

function weightsOf(): Weights {
  const generator = createGenerator(2);
  const draw = (...shape: number[]): Tensor => normal(shape, { generator }).mul(0.4);
  return { input: draw(1, 4 * hidden), recurrent: draw(hidden, 4 * hidden), bias: draw(4 * hidden) };
}

function lstmStep({ input, recurrent, bias }: Weights, x: Tensor, { h, c }: State): State {
  const sums = x.matmul(input).add(h.matmul(recurrent)).add(bias);
  const [i, f, g, o] = sums.split(4, { axis: 1 }) as [Tensor, Tensor, Tensor, Tensor];
  const next = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
  return { h: o.sigmoid().mul(next.tanh()), c: next };
}

function measure(steps: number, segment: number | undefined): { gradients: number[][]; peak: number } {
  const weights = weightsOf();
  const start: State = { h: ones([1, hidden]), c: ones([1, hidden]) };
  const series = normal([steps, 1], { generator: createGenerator(9) });
  const loss = (w: Weights): Tensor => {
    const step = (state: State, time: number): { state: State; output: undefined } => ({
      state: lstmStep(w, series.slice({ axis: 0, start: time, stop: time + 1 }), state),
      output: undefined,
    });
    if (segment !== undefined) return checkpointedLoop(steps, start, step, { segment }).state.h.sum();
    let state = start;
    for (let time = 0; time < steps; time++) state = step(state, time).state;
    return state.h.sum();
  };
  const counter = countBlocks();
  try {
    const found = scope(() => grad(loss)(weights));
    return { gradients: Object.values(found).map((x) => Array.from(x.toTypedArray())), peak: counter.peak() };
  } finally {
    counter.stop();
  }
}

describe("checkpoint", () => {
  it("trains over 4096 steps in bounded memory, with gradients that are the same to the bit", () => {
    const plain = measure(4096, undefined);
    const stored = measure(4096, 64);
    expect(stored.gradients).toEqual(plain.gradients);
    expect(plain.peak / stored.peak).toBeGreaterThan(8);
  });

  it("grows like the square root of the steps", () => {
    const [quarter, whole] = [measure(256, 16).peak, measure(1024, 32).peak];
    expect(whole / quarter).toBeLessThan(2.3);
  });

  it("is checked like everything else, twice, and nests", () => {
    const bend = checkpoint((x: Tensor) => checkpoint((y: Tensor) => ({ out: y.tanh().mul(y) }))(x).out.sin());
    const x = normal([2, 3], { generator: createGenerator(1), dtype: "float64" });
    for (const order of [1, 2] as const) {
      const report = gradcheck((a: Tensor) => bend(a), [x], { order });
      expect(report.ok, report.message).toBe(true);
    }
    expect(gradcheck((a: Tensor) => checkpoint(() => a.tanh().mul(x.sin()))().sin(), [x], { order: 2 }).ok).toBe(true);
  });

  it("repeats what generators drew, and notices a function that does not", () => {
    const generator = createGenerator(4);
    const drop = (x: Tensor): Tensor => x.mul(uniform([3], { generator }));
    const run = checkpoint(drop, { generators: [generator] });
    const gradient = grad((x) => run(x).sum())(tensor([1, 1, 1]));
    const repeated = drop(ones([3]));
    expect(Array.from(gradient.toTypedArray())).toEqual(
      Array.from(uniform([3], { generator: createGenerator(4) }).toTypedArray()),
    );
    expect(Array.from(repeated.toTypedArray())).not.toEqual(Array.from(gradient.toTypedArray()));
    let size = 0;
    const grows = checkpoint((x: Tensor) => x.broadcastTo([++size, 1]));
    expect(() => grad((x) => grows(x).sum())(tensor([1]))).toThrow(
      /checkpoint: the function must do the same when it is run again/,
    );
  });

  it("lets hooks inside see gradients", () => {
    const seen: number[] = [];
    const f = checkpoint((x: Tensor) => {
      const h = x.mul(2);
      onGradient(h, (gradient) => {
        seen.push(gradient.item());
        return undefined;
      });
      return h.square();
    });
    expect(grad((x) => f(x).sum())(tensor([3])).item()).toBe(24);
    expect(seen).toEqual([12]);
  });
});

it.each([0, -1, 1.5, NaN, Infinity])("checkpointedLoop refuses segments of %s steps", (segment) => {
  const loop = (steps: number): unknown =>
    checkpointedLoop(steps, 0, (state) => ({ state, output: undefined }), { segment }).state;
  expect(() => loop(4)).toThrow(`steps must be an integer >= 0 and segment one >= 1, got 4 and ${segment}`);
  expect(() => checkpointedLoop(NaN, 0, (state) => ({ state, output: undefined }))).toThrow("got NaN and NaN");
  expect(checkpointedLoop(0, 7, (state) => ({ state, output: undefined })).state).toBe(7);
});
