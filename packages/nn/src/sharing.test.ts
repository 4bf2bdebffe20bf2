import { tensor, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { constant, crossEntropy, differentiate, Dropout, Embedding, Linear, Module, ModuleError, Parameter } from "./index.js";

class Tied extends Module {
  embedding = new Embedding(4, 2, { paddingIndex: 0 });
  head = new Linear(2, 4, { weight: this.embedding.weight, bias: false });

  forward(x: Tensor): Tensor {
    return this.head.forward(this.embedding.forward(x));
  }
}

class Circle extends Module {
  layer = new Linear(1, 1);
  self: Module[] = [this];
}

describe("a shared parameter", () => {
  const model = (): Tied => new Tied().initialize({ seed: 2 });
  const flat = (x: Tensor): number[] => Array.from(x.toTypedArray());

  it("is counted, listed and saved once", () => {
    expect([...model().parameters().keys()]).toEqual(["embedding.weight"]);
    expect(model().parameterCount()).toBe(8);
    expect(Object.keys(model().stateDict())).toEqual(["embedding.weight"]);
  });

  it("loads under either name, or both with equal values", () => {
    const value = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
    for (const values of [
      { "embedding.weight": value },
      { "head.weight": value },
      { "embedding.weight": value, "head.weight": value },
    ]) {
      expect(flat(model().loadStateDict(values).head.weight)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
    expect(() => model().loadStateDict({ "embedding.weight": value, "head.weight": zeros([4, 2]) })).toThrow(
      "loadStateDict: embedding.weight and head.weight are one parameter here, but their values differ",
    );
    expect(() => model().loadStateDict({})).toThrow("missing embedding.weight or head.weight [4, 2]");
  });

  it("gets the gradients of both its uses", () => {
    const tied = model();
    const x = tensor([1, 2], { dtype: "int32" });
    const { gradients } = differentiate(tied, () => crossEntropy(tied.forward(x), x));
    const weight = tied.embedding.weight.toTypedArray();
    const at = (shift: number): number => {
      const moved = weight.slice();
      moved[2] = (moved[2] as number) + shift;
      const other = model().loadStateDict({ "embedding.weight": tensor(Array.from(moved)).reshape([4, 2]) });
      return crossEntropy(other.forward(x), x).item();
    };
    expect(gradients["embedding.weight"]?.toTypedArray()[2]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 3);
  });

  it("must fit where it is shared", () => {
    expect(() => new Linear(2, 3, { weight: new Embedding(4, 2).weight })).toThrow(
      "Linear: a shared weight must have shape [3, 2] (out, in), got [4, 2]",
    );
  });
});

describe("Embedding with a padding index", () => {
  it("starts at 0 there and keeps what was loaded", () => {
    const layer = new Embedding(3, 2, { paddingIndex: 2 }).initialize({ seed: 1 });
    const at = tensor([2], { dtype: "int32" });
    expect(Array.from(layer.forward(at).toTypedArray())).toEqual([0, 0]);
    layer.weight.assign(
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    );
    expect(Array.from(layer.forward(at).toTypedArray())).toEqual([5, 6]);
    expect(() => new Embedding(3, 2, { paddingIndex: 3 })).toThrow("Embedding: paddingIndex must be an integer in -3..2, got 3");
  });
});

describe("Module", () => {
  it("does not walk round a circle", () => {
    expect([...new Circle().parameters().keys()]).toEqual(["layer.weight", "layer.bias"]);
    expect([...new Circle().modules().keys()]).toEqual(["", "layer"]);
  });

  it("turns training on and off everywhere", () => {
    const model = new Tied().train();
    expect([...model.modules().values()].map(({ training }) => training)).toEqual([true, true, true]);
    expect(model.evaluate().embedding.training).toBe(false);
  });

  it("walks maps and plain objects by their keys, and round no circle of them", () => {
    class Held extends Module {
      byName = new Map<string, unknown>([
        ["a", new Linear(1, 1, { bias: false })],
        ["deep", { list: [new Parameter({ shape: [2], initializer: constant(1) })] }],
      ]);
      options: Record<string, unknown> = { size: 3, layer: new Dropout(0.5), vector: new Float32Array(4), none: null };
    }
    const model = new Held();
    model.options["self"] = model.options;
    model.byName.set("self", [model.byName, model]);
    expect([...model.parameters().keys()]).toEqual(["byName.a.weight", "byName.deep.list.0"]);
    expect([...model.train().modules().keys()]).toEqual(["", "byName.a", "options.layer"]);
    expect((model.options["layer"] as Module).training).toBe(true);
    expect(Object.keys(model.generatorStates())).toEqual(["rng", "byName.a.rng", "options.layer.rng"]);
    const saved = model.initialize({ seed: 1 }).stateDict();
    expect(new Held().loadStateDict(saved).stateDict()["byName.a.weight"]?.item()).toBe(saved["byName.a.weight"]?.item());
  });

  it("refuses a Set with a module in it, or another key that is no name", () => {
    class Held extends Module {
      constructor(readonly held: unknown) {
        super();
      }
    }
    class Twins extends Module {
      held = new Map<unknown, unknown>([
        [1, new Linear(1, 1)],
        ["1", new Linear(2, 2)],
      ]);
    }
    expect(() => new Twins().parameters()).toThrow("Module: two parts are named held.1.weight; rename a field or a key");
    const nameless = "Module: held holds a module or parameter without a name; keep it in an array, or a Map by a string";
    const layer = new Linear(1, 1);
    for (const held of [new Set([layer]), new Set([[layer]]), new Map([[{}, layer.weight]])])
      expect(() => new Held(held).parameters()).toThrow(nameless);
    expect(() => new Held({ inner: new Set([layer]) }).train()).toThrow("Module: held.inner holds");
    expect(new Held(new Set([1, "a", {}])).parameters().size).toBe(0);
  });

  it("asks for a seed, and for tensors", () => {
    const layer = new Linear(1, 1);
    const initialize = layer.initialize.bind(layer) as (options?: unknown) => unknown;
    for (const [options, got] of [
      [undefined, "undefined"],
      [{}, "undefined"],
      [{ seed: 1.5 }, "1.5"],
    ] as const)
      expect(() => initialize(options)).toThrow(`initialize: seed must be an integer, got ${got}; as in initialize({ seed: 1 })`);
    const values = { weight: [[1]], bias: undefined } as unknown as Record<string, Tensor>;
    expect(() => layer.loadStateDict(values)).toThrow("loadStateDict: weight is no tensor; bias is no tensor");
  });

  it("recognises modules and parameters by marker, so that two copies of the package can meet", () => {
    expect(Module.isModule({ "@unroll/nn/module/1": true })).toBe(true);
    expect(Module.isModule(null)).toBe(false);
  });

  it("loads a part when not strict, but never a wrong shape", () => {
    const layer = new Linear(1, 2).initialize({ seed: 1 });
    layer.loadStateDict({ bias: tensor([1, 2]), other: zeros([1]) }, { strict: false });
    expect(Array.from((layer.bias as Tensor).toTypedArray())).toEqual([1, 2]);
    const wrong = (): unknown => layer.loadStateDict({ bias: zeros([3]) }, { strict: false });
    expect(wrong).toThrow(ModuleError);
    expect(wrong).toThrow("loadStateDict: bias has shape [3], needs [2]");
  });
});
