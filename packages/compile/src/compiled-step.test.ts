import type { Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { beforeAll, describe, expect, it } from "vitest";

import { compareEngines, type Comparison, type Differences } from "../fixtures/compare-engines.js";
import type { StepInputs, StepOutputs, StepSizes } from "./trace/trace-step.js";

const affine = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => x.matmul(weight.transpose()).add(bias);

function lstm({ weights, steps, state }: StepInputs): StepOutputs {
  const { wx, wh, bx, bh } = weights as Record<string, Tensor>;
  const { h, c } = state as Record<"h" | "c", Tensor>;
  const sums = affine(steps["x"] as Tensor, wx as Tensor, bx as Tensor).add(affine(h, wh as Tensor, bh as Tensor));
  const [i, f, g, o] = sums.split(4, { axis: 1 }) as [Tensor, Tensor, Tensor, Tensor];
  const nextC = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
  const nextH = o.sigmoid().mul(nextC.tanh());
  return { output: nextH, state: { h: nextH, c: nextC } };
}

const lstmSizes = (input: number, hidden: number): StepSizes => ({
  name: "lstm",
  weights: { wx: [4 * hidden, input], wh: [4 * hidden, hidden], bx: [4 * hidden], bh: [4 * hidden] },
  rows: {},
  steps: { x: input },
  state: { h: hidden, c: hidden },
});

function expectClose(differences: Differences, tolerance = 1e-6): void {
  for (const [name, difference] of Object.entries(differences)) expect(difference, name).toBeLessThanOrEqual(tolerance);
}

beforeAll(async () => {
  await useWasm();
});

describe("a compiled step", () => {
  it.each<[string, number, number, Comparison]>([
    ["small", 4, 6, { batch: 3, time: 5 }],
    ["one of everything", 1, 1, { batch: 1, time: 1 }],
    ["from its end", 3, 5, { batch: 2, time: 4, reverse: true }],
    ["wide", 20, 32, { batch: 9, time: 7 }],
    ["wide and odd", 33, 45, { batch: 33, time: 9 }],
    ["longer than a block of the product", 7, 130, { batch: 5, time: 80 }],
  ])("equals the tape: %s", (_, input, hidden, comparison) => {
    expectClose(compareEngines(lstm, lstmSizes(input, hidden), { deviation: 1 / Math.sqrt(hidden), ...comparison }), 2e-6);
  });
});
