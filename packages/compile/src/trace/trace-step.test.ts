import { concat, createGenerator, pad, tensor, uniform, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { compileStep } from "../compiled-step.js";
import type { StepInputs, StepOutputs } from "./trace-step.js";

const compile = (next: (x: Tensor, h: Tensor) => Tensor): string => {
  const step = compileStep(
    ({ steps, state }) => {
      const h = next(steps["x"] as Tensor, state["h"] as Tensor);
      return { output: h, state: { h } };
    },
    { name: "mine", weights: {}, rows: {}, steps: { x: 4 }, state: { h: 4 } },
  );
  return step.text;
};

describe("a step that cannot be compiled says why", () => {
  const outside = tensor([1, 2, 3, 4]);
  let calls = 0;
  it.each<[string, (x: Tensor, h: Tensor) => Tensor, RegExp]>([
    [
      "reads elements",
      (x, h) => (x.sum().item() > 0 ? x : h),
      /^mine: a step that is compiled may not read elements.*use where, or engine: "tape"/,
    ],
    [
      "reads a tensor from outside",
      (x, h) => x.add(h).mul(outside),
      /^mine: reads a tensor \[4\] that is not among its parameters/,
    ],
    [
      "depends on the batch size",
      (x, h) => x.add(h).mul(1 / (x.shape[0] as number)),
      /^mine: does something else for another batch size/,
    ],
    ["is not pure", (x, h) => x.add(h).mul(calls++), /^mine: does something else .*each time it runs/],
    [
      "mixes rows",
      (x, h) => h.add(x.transpose().matmul(h).tanh().sum({ axes: 0, keepDims: true })),
      /^mine: .*mixes the rows of a batch/,
    ],
    ["sorts", (x, h) => x.add(h).sort({ axis: 1 }), /^mine: .*has no form for rows of a batch/],
    [
      "changes the width of a state",
      (x) => x.slice({ axis: 1, stop: 2 }),
      /^mine: the output|the next h must be float32 \[batch, 4\], got float32 \[batch, 2\]/,
    ],
    ["gives no numbers", (x, h) => x.greater(h), /^mine: the output must be float32 \[batch, width\], got bool \[batch, 4\]/],
    ["gives a column", (x, h) => x.add(h).sum({ axes: 1 }), /^mine: the output must be .*, got float32 \[batch\]$/],
    [
      "draws",
      (x, h) => x.add(h).mul(uniform(x.shape, { generator: createGenerator(1) })),
      /^mine: makes a tensor \[batch, 4\] whose rows differ, as random draws do/,
    ],
  ])("%s", (_, next, message) => {
    expect(() => compile(next)).toThrow(message);
  });

  it.each<[string, unknown, RegExp]>([
    ["gives nothing", undefined, /^mine: the output must be float32 \[batch, width\], got none/],
    ["gives no state", { output: zeros([1, 4]) }, /^mine: the output must be .*, got float32 \[1, 4\]/],
    ["is asynchronous", Promise.resolve(), /^mine: the output must be .*, got none/],
  ])("%s", (_, result, message) => {
    const sizes = { name: "mine", weights: {}, rows: {}, steps: { x: 4 }, state: { h: 4 } };
    expect(() => compileStep(() => result as StepOutputs, sizes)).toThrow(message);
  });

  it("gives another state", () => {
    const sizes = { name: "mine", weights: {}, rows: {}, steps: { x: 4 }, state: { h: 4 } };
    const step = ({ steps: { x }, state: { h } }: StepInputs): StepOutputs => {
      const sum = (x as Tensor).add(h as Tensor);
      return { output: sum, state: { h: sum, k: sum } };
    };
    expect(() => compileStep(step, sizes)).toThrow("mine: gives a state k that it does not get; give its width among the sizes");
  });

  it("makes values of the width of the first batch size, or of multiples", () => {
    for (const width of [57, 63, 118, 130]) {
      const sizes = { name: "mine", weights: {}, rows: {}, steps: { x: 4 }, state: { h: width } };
      const step = ({ steps: { x }, state: { h } }: StepInputs): StepOutputs => {
        const joined = concat([x as Tensor, h as Tensor], { axis: 1 });
        const mean = joined.mean({ axes: 1, keepDims: true });
        return { output: joined, state: { h: (h as Tensor).sub(mean) } };
      };
      expect(compileStep(step, sizes).text).toContain(`float32 ["B",${width + 4}]`.replaceAll('"', ""));
    }
  });

  it("tells borders that are not finite, and zeros, apart", () => {
    const texts = [Infinity, -Infinity, NaN, 0, -0].map((value) =>
      compile((x, h) => pad(x.add(h).slice({ axis: 1, stop: 3 }), { before: [0, 0], after: [0, 1], value })),
    );
    expect(new Set(texts).size).toBe(5);
  });

  it("takes numbers in which the size of a batch is read", () => {
    for (const value of [0.61, 61.5, 0.67]) {
      expect(compile((x, h) => pad(x.add(h).slice({ axis: 1, stop: 3 }), { before: [0, 0], after: [0, 1], value }))).toContain(
        `${value}`,
      );
    }
  });

  it("takes tensors that the step makes", () => {
    expect(
      compile((x, h) =>
        x
          .add(h)
          .mul(tensor([1, 2, 3, 4]))
          .add(zeros(x.shape)),
      ),
    ).toContain("constant 1 2 3 4");
  });
});
