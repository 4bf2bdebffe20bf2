import { createGenerator, ones, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { Dropout, dropoutMask, Linear, Module, ModuleError } from "./index.js";

class Net extends Module {
  first = new Dropout(0.5);
  blocks = [new Dropout(0.25), new Linear(2, 2)];
}

const flat = (x: Tensor): number[] => Array.from(x.toTypedArray());
const draw = (net: Net): number[] => flat(net.first.forward(ones([16])));

describe("Dropout", () => {
  it("passes everything through in evaluation", () => {
    const x = ones([3]);
    expect(new Dropout(0.9).forward(x)).toBe(x);
    expect(new Dropout(0).train().forward(x)).toBe(x);
  });

  it("drops its share and keeps the mean", () => {
    const y = flat(
      new Dropout(0.2)
        .initialize({ seed: 3 })
        .train()
        .forward(ones([20_000])),
    );
    const dropped = y.filter((value) => value === 0).length / y.length;
    expect(dropped).toBeCloseTo(0.2, 2);
    expect(new Set(y)).toEqual(new Set([0, 1.25]));
  });

  it("drops whole features along shared axes", () => {
    const y = new Dropout(0.5, { sharedAxes: [1] })
      .initialize({ seed: 1 })
      .train()
      .forward(ones([2, 3, 8]));
    const [first, ...others] = y.unstack({ axis: 1 }).map(flat);
    for (const other of others) expect(other).toEqual(first);
    expect(new Set(first)).toEqual(new Set([0, 2]));
  });

  it("counts negative shared axes from the end, and refuses those that are not there", () => {
    const run = (axis: number): number[] =>
      flat(
        new Dropout(0.5, { sharedAxes: [axis] })
          .initialize({ seed: 1 })
          .train()
          .forward(ones([2, 3, 8])),
      );
    expect(run(-2)).toEqual(run(1));
    for (const axis of [3, -4, 0.5, NaN])
      expect(() => run(axis)).toThrow(`Dropout: shared axes must be axes of the input, got ${axis} for [2, 3, 8]`);
  });

  it("refuses a rate outside [0, 1)", () => {
    expect(() => new Dropout(1)).toThrow("Dropout: rate must be a number in [0, 1), got 1");
    expect(() => new Dropout("0.5" as unknown as number)).toThrow("rate must be a number in [0, 1), got string");
    expect(() => dropoutMask([1], { rate: NaN, generator: createGenerator(0) })).toThrow("must be a number in [0, 1), got NaN");
  });
});

describe("generators of modules", () => {
  it("follow from the seed and the path", () => {
    const net = (): Net => new Net().initialize({ seed: 5 }).train();
    expect(draw(net())).toEqual(draw(net()));
    expect(draw(net())).not.toEqual(draw(net().initialize({ seed: 6 })));
    const { first, blocks } = net();
    expect(first.rng.state()).not.toEqual(blocks[0]?.rng.state());
  });

  it("go on from saved states, which are plain data", () => {
    const net = new Net().initialize({ seed: 5 }).train();
    draw(net);
    const saved = JSON.stringify(net.generatorStates());
    const next = [draw(net), draw(net)];
    const resumed = new Net().train().restoreGenerators(JSON.parse(saved) as Record<string, number[]>);
    expect([draw(resumed), draw(resumed)]).toEqual(next);
  });

  it("list every mismatch at once and change nothing", () => {
    const net = new Net().initialize({ seed: 5 });
    const before = net.generatorStates();
    expect(Object.keys(before)).toEqual(["rng", "first.rng", "blocks.0.rng", "blocks.1.rng"]);
    const { rng, ...others } = before;
    expect(() => net.restoreGenerators({ ...others, "second.rng": rng as number[] })).toThrow(
      "restoreGenerators: missing rng; unexpected second.rng",
    );
    expect(net.generatorStates()).toEqual(before);
  });

  it("change nothing where one state is none", () => {
    const net = new Net().initialize({ seed: 5 });
    const before = net.generatorStates();
    const states = { ...before, rng: before["first.rng"] as number[], "blocks.1.rng": [1] };
    const restore = (): unknown => net.restoreGenerators(states);
    expect(restore).toThrow(ModuleError);
    expect(restore).toThrow(/^restoreGenerators: blocks\.1\.rng: .*restore: /);
    expect(net.generatorStates()).toEqual(before);
  });
});
