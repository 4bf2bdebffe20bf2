import { Dropout } from "@unroll/nn";
import { createGenerator, normal, ones, zeros, type Tensor } from "@unroll/tensor";
import { useWasm, type ProgramHost } from "@unroll/wasm";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi, type MockInstance } from "vitest";

import { defineCell, gru, unroll, type Cell, type SequenceResult } from "../index.js";

let linked = 0;
let warn: MockInstance<typeof console.warn>;

beforeAll(async () => {
  const { programs } = await useWasm();
  const link = programs.link.bind(programs);
  const counted: ProgramHost["link"] = (...given) => {
    linked++;
    return link(...given);
  };
  Object.assign(programs, { link: counted });
});

beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

afterEach(() => {
  warn.mockRestore();
});

const sizes = { inputSize: 3, hiddenSize: 4 };
const x = normal([2, 5, 3], { generator: createGenerator(1) });
const values = (y: Tensor): number[] => Array.from(y.toTypedArray());

function elman(name: string, change: (next: Tensor, h: Tensor) => Tensor): Cell {
  return defineCell({
    name,
    state: ["h"],
    step({ weightIh, weightHh }, input, { h }) {
      const next = change(input.matmul(weightIh.transpose()).add(h.matmul(weightHh.transpose())).tanh(), h);
      return { output: next, state: { h: next } };
    },
  });
}

describe("training is part of what a program is found by", () => {
  it("so that a module in a step that draws while training does so after an evaluation", () => {
    const drop = new Dropout(0.5).evaluate();
    const layer = unroll(
      elman("dropping", (next) => drop.forward(next)),
      sizes,
    ).evaluate();
    const zeros = (): number => values(layer.forward(x).output).filter((value) => value === 0).length;
    expect(zeros()).toBe(0);
    expect(warn).not.toHaveBeenCalled();
    layer.train();
    drop.train();
    expect(zeros()).toBeGreaterThan(5);
    expect(warn).toHaveBeenCalledTimes(1);
    layer.evaluate();
    drop.evaluate();
    expect(zeros()).toBe(0);
  });

  it("without compiling anything twice", () => {
    const layer = unroll(gru, { inputSize: 3, hiddenSize: 13 }).evaluate();
    const before = linked;
    const evaluated = values(layer.forward(x).output);
    const once = linked;
    expect(once).toBeGreaterThan(before);
    expect(values(layer.train().forward(x).output)).toEqual(evaluated);
    expect(linked).toBe(once);
  });
});

describe("a step that throws when it is traced", () => {
  const run = (cell: Cell, engine: "compiled" | "tape" = "compiled"): SequenceResult =>
    unroll(cell, { ...sizes, engine })
      .initialize({ seed: 1 })
      .forward(x);

  it("and works step by step, runs step by step, and says so once", () => {
    const fixed = elman("fixed", (next) => next.reshape([2, 2, 2]).mul(0.5).reshape([2, 4]));
    const output = values(run(fixed).output);
    expect(output).toEqual(values(run(fixed, "tape").output));
    expect(values(run(fixed).output)).toEqual(output);
    unroll(fixed, { inputSize: 3, hiddenSize: 4, zoneout: { h: 0.1 } }).forward(x);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toMatch(
      /^fixed: cannot be traced with another size in place of the batch \(reshape: .*\); use x\.shape\[0\] for it, or engine: "tape"\. It runs step by step until then\.$/,
    );
  });

  it("for its result at another batch size, runs step by step", () => {
    const pinned = defineCell({
      name: "pinned",
      state: ["h"],
      step: (_, input) => ({ output: input.slice({ axis: 1, stop: 1 }).mul(ones([1, 4])), state: { h: zeros([2, 4]) } }),
    });
    expect(values(run(pinned).output)).toEqual(values(run(pinned, "tape").output));
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it("and is wrong, throws what it throws step by step, and nothing else is said", () => {
    const wrong = elman("wrong", (next) => next.add(ones([3, 4])));
    const message = (engine: "compiled" | "tape"): string => {
      try {
        run(wrong, engine);
      } catch (error) {
        return (error as Error).message;
      }
      return "nothing";
    };
    expect(message("tape")).toMatch(/got \[2, 4\] and \[3, 4\]/);
    expect(message("compiled")).toBe(message("tape"));
    const own = elman("own", () => {
      throw new RangeError("mine");
    });
    expect(() => run(own)).toThrow(new RangeError("mine"));
    const reading = elman("reading", (next) => next.mul(next.toTypedArray().length).add(ones([3, 4])));
    expect(() => run(reading)).toThrow(/got \[2, 4\] and \[3, 4\]/);
    expect(warn).not.toHaveBeenCalled();
  });

  it("is traced again once it is right", () => {
    let right = false;
    const mended = elman("mended", (next) => (right ? next : next.add(ones([3, 4]))));
    const layer = unroll(mended, { inputSize: 3, hiddenSize: 4 });
    expect(() => layer.forward(x)).toThrow();
    right = true;
    const before = linked;
    layer.forward(x);
    expect(linked).toBeGreaterThan(before);
  });

  it("for want of a weight, throws the error of the tape", () => {
    const cell = defineCell<"h", Readonly<Record<string, Tensor>>>({
      name: "misspelt",
      state: ["h"],
      step: ({ weightIH }, input, { h }) => ({ output: input.matmul((weightIH as Tensor).transpose()), state: { h } }),
    });
    expect(() => run(cell)).toThrow(TypeError);
    expect(warn).not.toHaveBeenCalled();
  });
});
