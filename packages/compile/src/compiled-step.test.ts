import { grad, noGrad, Tape, type Variable } from "@unroll/autograd";
import { allClose, createGenerator, normal, ones, scope, tensor, where, zeros, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { beforeAll, describe, expect, it } from "vitest";

import { gatedStep } from "../fixtures/known-steps.js";
import { compareEngines, type Comparison, type Differences } from "../fixtures/compare-engines.js";
import { compileStep } from "./compiled-step.js";
import { mapValues } from "./map-values.js";
import { backwardToTable, forwardFromTable } from "./plan/lookup.js";
import type { Buffer } from "./plan/plan.js";
import { stepThrough } from "./run/step-through.js";
import type { SequenceOptions, StepLookup } from "./sequence.js";
import type { StepInputs } from "./trace/trace-step.js";

function expectClose(differences: Differences): void {
  for (const [name, difference] of Object.entries(differences)) expect(difference, name).toBeLessThanOrEqual(1e-6);
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
    const { step, sizes } = gatedStep(input, hidden);
    expectClose(compareEngines(step, sizes, { deviation: 1 / Math.sqrt(hidden), ...comparison }));
  });

  describe("whose input is read from a table", () => {
    const { step, sizes } = gatedStep(7, 12);

    it("computes for the table what stands before the loop, and adds up gradients by its rows", () => {
      const { inference, training } = compileStep(step, sizes).plans;
      for (const { plan, given } of [inference, training.forward]) {
        const [product] = plan.operations;
        expect([...(forwardFromTable(plan, given.get("step x") as Buffer) ?? [])]).toEqual([
          product?.kind === "product" ? product.out.buffer : undefined,
        ]);
      }
      const backward = training.backward();
      const added = backwardToTable(backward, backward.given.get("step x") as Buffer, "x");
      expect([...(added?.gradients ?? [])].map(({ width }) => width)).toEqual([48]);
      expect([added?.result?.width, added?.totals.map(({ kind }) => kind)]).toEqual([7, ["outer"]]);
    });

    it.each<Comparison>([
      { batch: 3, time: 5 },
      { batch: 1, time: 2 },
      { batch: 4, time: 6, reverse: true },
      { batch: 33, time: 9, layout: "time first" },
      { batch: 16, time: 300, reverse: true },
    ])("equals the tape, whether or not somebody looks at the gradient of what was read: %j", (comparison) => {
      for (const lookup of ["table", "table and input"] as const) {
        expectClose(compareEngines(step, sizes, { deviation: 0.3, ...comparison, lookup }));
      }
    });

    it("gives the gradient of what was read where a hook looks at it, and lets it replace that", () => {
      const compiled = compileStep(step, sizes);
      const generator = createGenerator(8);
      const weights = mapValues(sizes.weights, (shape) => normal(shape, { generator, deviation: 0.3 }));
      const indices = tensor([[0, 1, 0, 0, 1, 1]], { dtype: "int32" });
      const values = normal([2, 7], { generator });
      const tableGradient = (hook: ((gradient: Tensor) => Tensor | undefined) | undefined): number[] => {
        const tape = new Tape();
        const table = tape.variable(values);
        const x = table.take(indices, { axis: 0 }) as Variable;
        if (hook !== undefined) tape.onGradient(x, hook);
        const state = { h: zeros([1, 12]), c: zeros([1, 12]) };
        const { output } = compiled.run({ weights, rows: {}, steps: { x }, state, lookup: { step: "x", table, indices } });
        return Array.from((tape.gradients(output.square().sum(), [table])[0] as Tensor).toTypedArray());
      };
      const seen: Tensor[] = [];
      const plain = tableGradient(undefined);
      const watched = tableGradient((gradient) => void seen.push(gradient));
      const doubled = tableGradient((gradient) => gradient.mul(2));
      expect(seen.map(({ shape }) => shape)).toEqual([[1, 6, 7]]);
      watched.forEach((value, index) => {
        expect(value).toBeCloseTo(plain[index] as number, 5);
        expect(doubled[index]).toBeCloseTo(2 * value, 5);
      });
    });

    it("gives the table no gradient where what was read has none", () => {
      const compiled = compileStep(step, sizes);
      const generator = createGenerator(10);
      const weights = mapValues(sizes.weights, (shape) => normal(shape, { generator, deviation: 0.3 }));
      const indices = tensor([[0, 1, 0, 0, 1, 1]], { dtype: "int32" });
      const tape = new Tape();
      const table = tape.variable(normal([2, 7], { generator }));
      const wx = tape.variable(weights["wx"] as Tensor);
      const x = noGrad(() => table.take(indices, { axis: 0 }));
      const state = { h: zeros([1, 12]), c: zeros([1, 12]) };
      const lookup = { step: "x", table, indices };
      const { output } = compiled.run({ weights: { ...weights, wx }, rows: {}, steps: { x }, state, lookup });
      const found = tape.gradients(output.sum(), [table, wx], { unused: "zeros" });
      expect(found.map((gradient) => gradient.toTypedArray().every((value) => value === 0))).toEqual([true, false]);
    });

    it("reads what was read, where the table is gone, and says what does not fit", () => {
      const compiled = compileStep(step, sizes);
      const generator = createGenerator(9);
      const weights = mapValues(sizes.weights, (shape) => normal(shape, { generator, deviation: 0.3 }));
      const indices = tensor([[0, 1, 0, -1, 1, 1]], { dtype: "int32" });
      const table = normal([2, 7], { generator });
      const x = table.take(indices, { axis: 0 });
      const state = { h: zeros([1, 12]), c: zeros([1, 12]) };
      const run = (lookup?: StepLookup): number[] =>
        Array.from(compiled.run({ weights, rows: {}, steps: { x }, state, lookup }).output.toTypedArray());
      const expected = run();
      expect(run({ step: "x", table, indices })).toEqual(expected);
      expect(() => run({ step: "x", table: zeros([2, 6]), indices })).toThrow(
        "gated: table of step x must be float32 [2, 7], got float32 [2, 6]",
      );
      expect(() => run({ step: "x", table, indices: indices.transpose() })).toThrow(
        "gated: indices of step x must be int32 [1, 6], got int32 [6, 1]",
      );
      table.dispose();
      expect(run({ step: "x", table, indices })).toEqual(expected);
    });
  });

  it("tells a square weight from its transpose, which lies in the same memory", () => {
    const compiled = compileStep(
      ({ weights: { w }, steps: { x }, state: { s } }) => {
        const output = (x as Tensor).add(s as Tensor).matmul(w as Tensor);
        return { output, state: { s: output } };
      },
      { name: "square", weights: { w: [3, 3] }, rows: {}, steps: { x: 3 }, state: { s: 3 } },
    );
    const w = normal([3, 3], { generator: createGenerator(1) });
    const x = normal([4, 1, 3], { generator: createGenerator(2) });
    const run = (weight: Tensor): number[] =>
      Array.from(
        compiled.run({ weights: { w: weight }, rows: {}, steps: { x }, state: { s: zeros([4, 3]) } }).output.toTypedArray(),
      );
    const product = (weight: Tensor): number[] => Array.from(x.matmul(weight).toTypedArray());
    for (const weight of [w, w, w.transpose(), w]) expect(run(weight)).toEqual(product(weight));
  });

  it.each([
    [4, 6],
    [4, 1],
    [1, 6],
    [1, 1],
  ])("gives the same gradients for a sequence of %d x %d that is cut out of a larger one", (batch, time) => {
    const { step, sizes } = gatedStep(3, 5);
    const compiled = compileStep(step, sizes);
    const generator = createGenerator(6);
    const weights = mapValues(sizes.weights, (shape) => normal(shape, { generator, deviation: 0.5 }));
    const columns = { axis: 2, start: 2, stop: 5 };
    const cuts = [
      normal([batch, time, 8], { generator }).slice(columns),
      normal([time, batch, 8], { generator }).slice(columns).permute([1, 0, 2]),
      normal([time, batch, 3], { generator }).permute([1, 0, 2]),
      normal([batch, 3, time], { generator }).permute([0, 2, 1]),
      normal([2 * batch, time + 1, 3], { generator })
        .slice({ axis: 0, step: 2 })
        .slice({ axis: 1, start: 1 }),
      normal([1, 1, 3], { generator }).broadcastTo([batch, time, 3]),
    ];
    for (const reverse of [false, true]) {
      const gradientsOf = (x: Tensor): number[][] => {
        const tape = new Tape();
        const watched = mapValues(weights, (weight) => tape.variable(weight));
        const input = tape.variable(x);
        const state = { h: zeros([batch, 5]), c: zeros([batch, 5]) };
        const { output } = compiled.run({ weights: watched, rows: {}, steps: { x: input }, state }, { reverse });
        return tape.gradients(output.square().sum(), [...Object.values(watched), input]).map((g) => Array.from(g.toTypedArray()));
      };
      for (const cut of cuts) expect(gradientsOf(cut)).toEqual(gradientsOf(cut.copy()));
    }
  });

  it("reads what it makes of weights as what it is", () => {
    const { step, sizes } = {
      step: ({ weights: { w }, steps: { x }, state: { s } }: StepInputs) => {
        const [weight, input, state] = [w, x, s] as [Tensor, Tensor, Tensor];
        const output = where(weight.greater(0), state.add(input), state.sub(input)).mul(weight.mul(3).cast("int32"));
        return { output, state: { s: output } };
      },
      sizes: { name: "choosing", weights: { w: [5] }, rows: {}, steps: { x: 5 }, state: { s: 5 } },
    };
    expectClose(compareEngines(step, sizes, { batch: 3, time: 4 }));
  });

  it("gives the same gradients, however few are asked for", () => {
    const { step, sizes } = gatedStep(3, 5);
    const compiled = compileStep(step, sizes);
    const generator = createGenerator(7);
    const leaves = {
      ...mapValues(sizes.weights, (shape) => normal(shape, { generator, deviation: 0.5 })),
      x: normal([4, 6, 3], { generator }),
      h: normal([4, 5], { generator }),
      c: normal([4, 5], { generator }),
    };
    const gradientsOf = (names: readonly string[]): number[][] => {
      const tape = new Tape();
      const given = mapValues(leaves, (leaf, name) => (names.includes(name) ? tape.variable(leaf) : leaf));
      const { x, h, c, ...weights } = given as Record<keyof typeof leaves, Tensor>;
      const { output } = compiled.run({ weights, rows: {}, steps: { x }, state: { h, c } });
      const watched = names.map((name) => given[name] as Variable);
      return tape.gradients(output.square().sum(), watched).map((g) => Array.from(g.toTypedArray()));
    };
    const names = Object.keys(leaves);
    const all = gradientsOf(names);
    names.forEach((name, index) => {
      expect(gradientsOf([name]), name).toEqual([all[index]]);
      const others = names.filter((other) => other !== name);
      expect(gradientsOf(others), `all but ${name}`).toEqual(all.filter((_, other) => other !== index));
    });
  });

  const functions = [
    "neg",
    "abs",
    "sign",
    "exp",
    "expm1",
    "log",
    "log1p",
    "sqrt",
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "relu",
  ] as const;
  it.each(functions)("computes %s to the same bits as the backend", (name) => {
    const sizes = { name, weights: { w: [1] }, rows: {}, steps: { x: 21 }, state: { s: 21 } };
    const differences = compareEngines(
      ({ weights: { w }, steps: { x }, state: { s } }) => {
        const argument = (x as Tensor).mul(w as Tensor).mul(40);
        const output = argument[name]();
        return { output, state: { s: (s as Tensor).mul(0.5).sub(argument) } };
      },
      sizes,
      { batch: 3, time: 4 },
    );
    expect([differences["output"], differences["output without a tape"], differences["state s"]]).toEqual([0, 0, 0]);
  });

  it("tells steps apart by the sign of a zero, and compiles weights without elements", () => {
    const over = (zero: number): number[] => {
      const compiled = compileStep(
        ({ steps: { x }, state: { s } }) => ({ output: (x as Tensor).div(zero), state: { s: s as Tensor } }),
        { name: "over", weights: { none: [0] }, rows: {}, steps: { x: 2 }, state: { s: 1 } },
      );
      const inputs = { weights: { none: zeros([0]) }, rows: {}, steps: { x: ones([1, 1, 2]) }, state: { s: zeros([1, 1]) } };
      return Array.from(compiled.run(inputs).output.toTypedArray());
    };
    expect([over(0), over(-0)]).toEqual([
      [Infinity, Infinity],
      [-Infinity, -Infinity],
    ]);
  });

  it("gives a watched value that depends on nothing the gradient that comes in", () => {
    const compiled = compileStep(
      ({ weights: { w }, steps: { x }, state: { s } }) => {
        const output = (x as Tensor).mul(w as Tensor).add(s as Tensor);
        return { output, state: { s: output }, watched: { one: ones(output.shape) } };
      },
      { name: "still", weights: { w: [2] }, rows: {}, steps: { x: 2 }, state: { s: 2 } },
    );
    const tape = new Tape();
    const w = tape.variable(ones([2]));
    const { output, watched } = compiled.run({
      weights: { w },
      rows: {},
      steps: { x: ones([1, 3, 2]) },
      state: { s: zeros([1, 2]) },
    });
    const one = watched["one"]?.[1] as Variable;
    const [gradient] = tape.gradients(output.sum().add(one.mul(2).sum()), [one]);
    expect(Array.from(gradient?.toTypedArray() ?? [])).toEqual([2, 2]);
  });

  it("refuses to watch a state where it comes in", () => {
    expect(() =>
      compileStep(({ state: { s } }) => ({ output: s as Tensor, state: { s: s as Tensor }, watched: { s: s as Tensor } }), {
        name: "idle",
        ...{ weights: {}, rows: {}, steps: { x: 1 }, state: { s: 1 } },
      }),
    ).toThrow("idle: the watched s is a state of the step before");
  });

  it("keeps no memory from run to run", async () => {
    const backend = await useWasm();
    const { step, sizes } = gatedStep(5, 12);
    const compiled = compileStep(step, sizes);
    const generator = createGenerator(2);
    const weights = mapValues(sizes.weights, (shape) => normal(shape, { generator }));
    const x = normal([4, 6, 5], { generator });
    const run = (): void =>
      scope(() => {
        const tape = new Tape();
        const watched = mapValues(weights, (weight) => tape.variable(weight));
        const state = { h: zeros([4, 12]), c: zeros([4, 12]) };
        const { output } = compiled.run({ weights: watched, rows: {}, steps: { x }, state });
        tape.gradients(output.sum(), Object.values(watched));
      });
    for (let turn = 0; turn < 3; turn++) run();
    const { bytesInUse } = backend.stats();
    backend.resetPeak();
    run();
    const { peakBytesInUse } = backend.stats();
    for (let turn = 0; turn < 100; turn++) run();
    expect([backend.stats().bytesInUse, backend.stats().peakBytesInUse]).toEqual([bytesInUse, peakBytesInUse]);
  });

  it("writes gradients over activations, unless they are needed for another backward pass", async () => {
    const backend = await useWasm();
    const [batch, time, hidden] = [8, 50, 32];
    const { step, sizes } = gatedStep(4, hidden);
    const compiled = compileStep(step, sizes);
    const generator = createGenerator(2);
    const weights = mapValues(sizes.weights, (shape) => normal(shape, { generator, deviation: 0.3 }));
    const x = normal([batch, time, 4], { generator });
    const peakOf = (retainGraph: boolean): number =>
      scope(() => {
        const tape = new Tape();
        const watched = Object.values(weights).map((weight) => tape.variable(weight));
        const state = { h: zeros([batch, hidden]), c: zeros([batch, hidden]) };
        const named = Object.fromEntries(Object.keys(weights).map((name, index) => [name, watched[index] as Tensor]));
        const { output } = compiled.run({ weights: named, rows: {}, steps: { x }, state });
        const loss = output.sum();
        backend.resetPeak();
        const before = backend.stats().bytesInUse;
        tape.gradients(loss, watched, { retainGraph });
        return backend.stats().peakBytesInUse - before;
      });
    const gates = 4 * batch * time * hidden * 4;
    expect(peakOf(true) - peakOf(false)).toBeGreaterThan(0.8 * gates);
  });

  it("is shared by steps with equal graphs", () => {
    const [first, second, other] = [gatedStep(2, 3), gatedStep(2, 3), gatedStep(2, 4)].map(({ step, sizes }) =>
      compileStep(step, sizes),
    );
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  it("refuses inputs it was not made for, by name", () => {
    const { step, sizes } = gatedStep(5, 3);
    const compiled = compileStep(step, sizes);
    const weights = mapValues(sizes.weights, (shape) => zeros(shape));
    const state = { h: zeros([2, 3]), c: zeros([2, 4]) };
    const run = (x: Tensor): unknown => compiled.run({ weights, rows: {}, steps: { x }, state });
    expect(() => run(zeros([2, 7, 5]))).toThrow("gated: state c must be float32 [2, 3], got float32 [2, 4]");
    expect(() => run(zeros([2, 0, 5]))).toThrow(/state c/);
    expect(() => run(zeros([2, 7, 6]))).toThrow("gated: step x must be float32 [2, 7, 5], got float32 [2, 7, 6]");
  });

  it("is differentiated twice by its step, and says so where it has none", () => {
    const { step, sizes } = gatedStep(2, 3);
    const compiled = compileStep(step, sizes);
    const generator = createGenerator(2);
    const weights = mapValues(sizes.weights, (shape) => normal(shape, { generator }));
    const state = mapValues(sizes.state, (size) => zeros([2, size]));
    const x = normal([2, 4, 2], { generator });
    const slope = (options: SequenceOptions) => (y: Tensor) =>
      grad((z) =>
        compiled
          .run({ weights, rows: {}, steps: { x: z }, state }, options)
          .output.square()
          .sum(),
      )(y)
        .square()
        .sum();
    expect(() => grad(slope({}))(x)).toThrow(
      "gated: a derivative of its derivative needs the step itself; pass it to run as step",
    );
    const expected = grad((y) =>
      grad((z) =>
        stepThrough(step, { weights, rows: {}, steps: { x: z }, state }, {})
          .output.square()
          .sum(),
      )(y)
        .square()
        .sum(),
    )(x);
    expect(allClose(grad(slope({ step }))(x), expected, { relative: 1e-4, absolute: 1e-5 }).message).toBe(
      "all 16 elements agree",
    );
  });
});
