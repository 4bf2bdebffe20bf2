import { tensor, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { compileStep } from "../compiled-step.js";

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
      /^mine: the next h must be \[batch, 4\] as the one before, got \[\d+, 2\]/,
    ],
  ])("%s", (_, next, message) => {
    expect(() => compile(next)).toThrow(message);
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
