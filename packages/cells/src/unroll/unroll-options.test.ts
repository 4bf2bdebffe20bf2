import { constant } from "@unroll/nn";
import { createGenerator, normal, ones, tensor, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  defineCell,
  gru,
  gruCell,
  lstm,
  lstmCell,
  manyToMany,
  manyToOne,
  minGru,
  oneToMany,
  rnn,
  unroll,
  type Cell,
  type UnrollOptions,
} from "../index.js";

const draw = (...shape: number[]): Tensor => normal(shape, { generator: createGenerator(5) });
const flat = (x: Tensor | undefined): number[] => Array.from((x as Tensor).toTypedArray());
const make = (options: Partial<UnrollOptions> = {}, cell = lstm): ReturnType<typeof unroll> =>
  unroll(cell, { inputSize: 3, hiddenSize: 4, ...options }).initialize({ seed: 2 });

// Passes its input on, or what the mask left of the state: shows what dropout does.
const holder = defineCell({
  name: "holder",
  gates: ["a", "b"],
  state: ["h"],
  parameters: () => ({ weightIh: undefined, biasIh: undefined, biasHh: undefined }),
  step({ weightHh }, _x, { h }) {
    const product = h.matmul(weightHh.transpose());
    return { output: product, state: { h } };
  },
  outputSize: ({ hiddenSize }) => 2 * hiddenSize,
});

describe("layers", () => {
  it("have their own widths and cells, and names of PyTorch", () => {
    const layer = make({ layers: [{ hiddenSize: 5 }, { cell: gru, hiddenSize: 2 }] });
    expect(Object.entries(layer.stateDict()).map(([name, { shape }]) => `${name} ${shape.join()}`)).toEqual([
      ...["weight_ih_l0 20,3", "weight_hh_l0 20,5", "bias_ih_l0 20", "bias_hh_l0 20"],
      ...["weight_ih_l1 6,5", "weight_hh_l1 6,2", "bias_ih_l1 6", "bias_hh_l1 6"],
    ]);
    const { output, layerOutputs, state } = layer.forward(draw(2, 6, 3));
    expect([output.shape, ...layerOutputs.map(({ shape }) => shape)]).toEqual([
      [2, 6, 2],
      [2, 6, 5],
      [2, 6, 2],
    ]);
    expect(state.map((own) => Object.keys(own).join())).toEqual(["h,c", "h"]);
  });

  it("name peepholes, projections and learned states", () => {
    const cell = lstmCell({ peephole: "diagonal", projSize: 2, bias: "none" });
    expect(Object.keys(make({ initialState: "learned" }, cell).stateDict())).toEqual([
      ...[
        "weight_ih_l0",
        "weight_hh_l0",
        "weight_ci_l0",
        "weight_cf_l0",
        "weight_co_l0",
        "weight_hr_l0",
        "initial_h_l0",
        "initial_c_l0",
      ],
    ]);
  });

  it("start from what was learned, unless given a state", () => {
    const layer = make({ initialState: "learned" }, rnn);
    layer.loadStateDict({ initial_h_l0: tensor([1, 2, 3, 4]) }, { strict: false });
    expect(flat(layer.forward(zeros([2, 0, 3])).state[0]?.["h"])).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    expect(flat(layer.forward(zeros([1, 0, 3]), { state: layer.zeroState(1) }).state[0]?.["h"])).toEqual([0, 0, 0, 0]);
  });

  it("start uniform within 1 / sqrt(hiddenSize) as in PyTorch, where asked", () => {
    const values = Object.values(make({ initializers: "pytorch" }).stateDict()).flatMap(flat);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.5);
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.4);
  });

  it("merge their directions", () => {
    const x = draw(2, 3, 3);
    const outputs = (merge: UnrollOptions["merge"]): Tensor =>
      make({ direction: "bidirectional", ...(merge && { merge }) }).forward(x).output;
    const [forward = zeros([]), reverse = zeros([])] = outputs("concat").split(2, { axis: 2 });
    expect(flat(outputs("sum"))).toEqual(flat(forward.add(reverse)));
    expect(flat(outputs("mul"))).toEqual(flat(forward.mul(reverse)));
    expect(flat(outputs("ave"))).toEqual(flat(forward.add(reverse).mul(0.5)));
    expect(outputs("none").shape).toEqual([2, 3, 2, 4]);
    expect(flat(outputs("none").reshape([2, 3, 8]))).toEqual(flat(outputs("concat")));
  });

  it("are passed by their input", () => {
    const x = draw(2, 3, 3);
    const plain = make({ layers: 2 });
    const residual = make({ layers: 2, connection: "residual" }).forward(x);
    expect(flat(residual.layerOutputs[0])).toEqual(flat(plain.forward(x).layerOutputs[0]));
    expect(flat(residual.output)).toEqual(flat(plain.forward(x).output.add(residual.layerOutputs[0] as Tensor)));
    const highway = make({ layers: 2, connection: "highway" });
    highway.loadStateDict({ weight_highway_l1: zeros([4, 4]), bias_highway_l1: zeros([4]) }, { strict: false });
    const mean = plain
      .forward(x)
      .output.add(plain.forward(x).layerOutputs[0] as Tensor)
      .mul(0.5);
    flat(highway.forward(x).output).forEach((value, index) => expect(value).toBeCloseTo(flat(mean)[index] as number, 6));
  });
});

describe("sequences", () => {
  it("may have their real steps anywhere", () => {
    const layer = make({ direction: "bidirectional" });
    const x = draw(1, 5, 3);
    const mask = tensor([[false, true, false, true, true]]);
    const real = x.take(tensor([1, 3, 4], { dtype: "int32" }), { axis: 1 });
    const masked = layer.forward(x, { mask });
    const alone = layer.forward(real);
    expect(flat(masked.output.take(tensor([1, 3, 4], { dtype: "int32" }), { axis: 1 }))).toEqual(flat(alone.output));
    expect(flat(masked.last)).toEqual(flat(alone.last));
    expect(flat(masked.output.slice({ axis: 1, stop: 1 }))).toEqual(new Array(8).fill(0));
  });

  it("repeat their last output where asked, and give it alone", () => {
    const x = draw(2, 4, 3);
    const { output, last } = make({ paddedOutput: "repeat" }).forward(x, { lengths: Int32Array.of(2, 0) });
    const [, second, third, fourth] = output.slice({ axis: 0, stop: 1 }).unstack({ axis: 1 }).map(flat);
    expect([third, fourth]).toEqual([second, second]);
    expect(flat(last)).toEqual([...(second as number[]), 0, 0, 0, 0]);
  });

  it("come and go with time first where asked", () => {
    const x = draw(4, 2, 3);
    const { output } = make({ timeMajor: true }).forward(x);
    expect(flat(output.permute([1, 0, 2]))).toEqual(flat(make().forward(x.permute([1, 0, 2])).output));
  });

  it("have the topologies of the lecture", () => {
    const layer = make();
    const x = draw(2, 4, 3);
    const lengths = Int32Array.of(4, 2);
    expect(manyToMany(layer, x).shape).toEqual([2, 4, 4]);
    expect(flat(manyToOne(layer, x, { lengths }))).toEqual(flat(layer.forward(x, { lengths }).last));
    const one = draw(2, 3);
    expect(oneToMany(layer, one, { steps: 5 }).shape).toEqual([2, 5, 4]);
    const first = oneToMany(layer, one, { steps: 5, feed: "first" });
    expect(flat(first.slice({ axis: 1, stop: 1 }))).toEqual(flat(oneToMany(layer, one, { steps: 1 })));
    expect(oneToMany(layer, one, { steps: 0 }).shape).toEqual([2, 0, 4]);
  });
});

describe("oneToMany of a layer with time first", () => {
  it.each(["repeat", "first"] as const)("gives what it gives with batch first, turned: %s", (feed) => {
    const [x, lengths] = [draw(2, 3), Int32Array.of(5, 2)];
    const [late, early] = [make(), make({ timeMajor: true })];
    const state = [{ h: draw(2, 4), c: draw(2, 4) }];
    const wanted = oneToMany(late, x, { steps: 5, feed, state, lengths });
    const got = oneToMany(early, x, { steps: 5, feed, state, lengths });
    expect(got.shape).toEqual([5, 2, 4]);
    expect(flat(got.permute([1, 0, 2]))).toEqual(flat(wanted));
    expect(oneToMany(early, x, { steps: 0, feed }).shape).toEqual([0, 2, 4]);
  });
});

describe("parameters of one name", () => {
  const named = (name: string): Cell =>
    defineCell({
      name: "mine",
      state: ["h"],
      parameters: ({ hiddenSize }) => ({ [name]: { shape: [hiddenSize], initializer: constant(7) } }),
      step: (_weights, _x, { h }) => ({ output: h, state: { h } }),
    });

  it.each<readonly [string, Partial<UnrollOptions>, string]>([
    ["weight_ih", {}, "weight_ih_l0"],
    ["initialH", { initialState: "learned" }, "initial_h_l0"],
    ["weightHighway", { layers: 2, hiddenSize: 3, connection: "highway" }, "weight_highway_l1"],
  ])("are refused: %s", (name, options, twice) => {
    const build = (): unknown => make(options, named(name));
    expect(build).toThrow(
      `unroll: each parameter needs a name of its own in snake case, got two of mine for ${twice}; rename one`,
    );
  });

  it("are those alone", () => {
    expect(Object.keys(make({}, named("initialH")).stateDict())).toContain("initial_h_l0");
  });
});

describe("dropout", () => {
  const share = (values: readonly number[], isCounted: (value: number) => boolean): number =>
    values.filter(isCounted).length / values.length;

  it("is off unless training, and draws anew for each pass", () => {
    const layer = make({ layers: 2, inputDropout: 0.3, recurrentDropout: 0.3, dropout: 0.3 });
    const x = draw(2, 4, 3);
    expect(flat(layer.forward(x).output)).toEqual(flat(make({ layers: 2 }).forward(x).output));
    layer.train();
    expect(flat(layer.forward(x).output)).not.toEqual(flat(layer.forward(x).output));
  });

  it("on the state has one mask per row and gate for the whole sequence, with the mean kept", () => {
    const layer = unroll(holder, { inputSize: 1, hiddenSize: 50, recurrentDropout: 0.25 }).train();
    const identity = Array.from({ length: 100 }, (_, row) =>
      Array.from({ length: 50 }, (_, column) => Number(row % 50 === column)),
    );
    layer.loadStateDict({ weight_hh_l0: tensor(identity) });
    const { output } = layer.forward(zeros([20, 3, 1]), { state: [{ h: ones([20, 50]) }] });
    const [first = [], second = []] = output.unstack({ axis: 1 }).map(flat);
    expect(first).toEqual(second);
    expect(new Set(first.map((value) => value.toFixed(4)))).toEqual(new Set(["0.0000", "1.3333"]));
    expect(share(first, (value) => value === 0)).toBeCloseTo(0.25, 1);
    expect(first.slice(0, 50)).not.toEqual(first.slice(50, 100));
    expect(first.slice(0, 50)).not.toEqual(first.slice(100, 150));
  });

  it.each([
    ["gru", gru],
    ["gru, reset before", gruCell({ resetAfter: false })],
  ] as const)("on the state works with %s", (_, cell) => {
    const layer = make({ recurrentDropout: 0.5 }, cell).train();
    expect(flat(layer.forward(draw(2, 4, 3)).output).every(Number.isFinite)).toBe(true);
  });

  it("on the state says where it cannot work", () => {
    expect(() => make({ recurrentDropout: 0.5 }, minGru)).toThrow(
      "unroll: recurrentDropout needs a cell with weightHh, and minGru has none",
    );
    const odd = defineCell({
      name: "odd",
      state: ["h"],
      step: ({ weightHh }, _x, { h }) => ({ output: h, state: { h: h.add(weightHh.sum({ axes: 0 })) } }),
    });
    expect(() =>
      make({ recurrentDropout: 0.5 }, odd)
        .train()
        .forward(draw(2, 4, 3)),
    ).toThrow(/may use weightHh only as .*got sum/);
  });

  it("as zoneout keeps states while training, and their expectation otherwise", () => {
    const counter = defineCell({
      name: "counter",
      state: ["h"],
      parameters: () => ({ weightHh: undefined, biasIh: undefined, biasHh: undefined }),
      step: (_weights, _x, { h }) => {
        const next = h.add(1);
        return { output: next, state: { h: next } };
      },
    });
    const layer = unroll(counter, { inputSize: 1, hiddenSize: 2000, zoneout: { h: 0.2 } });
    const { output } = layer.forward(zeros([1, 2, 1]));
    expect(flat(output.slice({ axis: 2, stop: 1 })).map((value) => value.toFixed(4))).toEqual(["0.8000", "1.6000"]);
    const [first = []] = layer
      .train()
      .forward(zeros([1, 2, 1]))
      .output.unstack({ axis: 1 })
      .map(flat);
    expect(new Set(first)).toEqual(new Set([0, 1]));
    expect(share(first, (value) => value === 0)).toBeCloseTo(0.2, 1);
  });
});

describe("unroll explains", () => {
  it.each<readonly [Partial<UnrollOptions>, string]>([
    [{ hiddenSize: 0 }, "unroll: hiddenSize must be an integer >= 1, got 0"],
    [{ layers: [] }, "unroll: layers must be an integer >= 1, got 0"],
    [{ dropout: 1 }, "unroll: dropout must lie in [0, 1), got 1"],
    [{ zoneout: { k: 0.1 } }, "unroll: zoneout names a state k, but lstm has h, c"],
    [{ zoneout: { h: 2 } }, "unroll: zoneout of h must lie in [0, 1], got 2"],
    [
      { layers: [{ connection: "residual" }] },
      "unroll: a residual connection needs a layer as wide as its input, got 3 -> 4 at layer 0",
    ],
    [
      { layers: 2, direction: "bidirectional", merge: "none", connection: "residual" },
      'unroll: merge "none" keeps two outputs apart',
    ],
  ])("options %j", (options, message) => expect(() => make(options)).toThrow(message));

  it.each<readonly [object, string]>([
    [{ direction: "backward" }, 'unroll: direction must be one of "forward", "reverse", "bidirectional", got "backward"'],
    [{ merge: "avg" }, 'unroll: merge must be one of "concat", "sum", "mul", "ave", "none", got "avg"'],
    [{ connection: "resid" }, 'unroll: connection must be one of "none", "residual", "highway", got "resid"'],
    [
      { layers: [{}, { connection: true }] },
      'unroll: layer 1: connection must be one of "none", "residual", "highway", got true',
    ],
    [{ paddedOutput: "keep" }, 'unroll: paddedOutput must be one of "zero", "repeat", got "keep"'],
    [{ initialState: "zeros" }, 'unroll: initialState must be one of "zero", "learned", got "zeros"'],
    [{ initializers: "torch" }, 'unroll: initializers must be one of "cell", "pytorch", got "torch"'],
    [{ timeMajor: "yes" }, 'unroll: timeMajor must be one of true, false, got "yes"'],
    [{ dtype: "int32" }, 'unroll: dtype must be one of "float32", "float64", got "int32"'],
    [{ engine: "wasm" }, 'unroll: engine must be one of "compiled", "tape", got "wasm"'],
    [{ layers: 0 }, "unroll: layers must be an integer >= 1, got 0"],
    [{ layers: "2" }, 'unroll: layers must be an integer >= 1, got "2"'],
    [{ layers: [8, 16] }, "unroll: each of layers must be a record, such as { hiddenSize: 8 }, got 8"],
    [{ zoneout: 0.1 }, "unroll: zoneout must be a record of rates by state, such as { h: 0.1 }, got 0.1"],
    [{ zoneout: { h: NaN } }, "unroll: zoneout of h must lie in [0, 1], got NaN"],
    [{ hiddenSize: undefined }, "unroll: hiddenSize must be an integer >= 1, got none"],
  ])("options of callers without types: %j", (options, message) => expect(() => make(options)).toThrow(message));

  it("dtypes by their type", () => {
    // @ts-expect-error parameters are floats.
    expect(() => unroll(lstm, { inputSize: 3, hiddenSize: 4, dtype: "bool" })).toThrow("unroll: dtype must be one of");
  });

  it.each<readonly [object, string]>([
    [{ lengths: [4, 2] }, "unroll: lengths must be an Int32Array, got an array; use Int32Array.from(lengths)"],
    [
      { lengths: tensor([4, 2], { dtype: "int32" }) },
      "unroll: lengths must be an Int32Array, got a tensor; use Int32Array.from(lengths.toTypedArray())",
    ],
    [{ mask: [[1, 1, 1, 1]] }, "unroll: the mask must be [batch, time] = [2, 4], got an array"],
    [{ state: { h: zeros([2, 4]) } }, "unroll: needs 1 states (layers x directions), got an object"],
    [{ state: [zeros([2, 4])] }, "unroll: the state of l0 must be a record of h, c, got [2, 4]"],
    [{ state: [undefined] }, "unroll: the state of l0 must be a record of h, c, got none"],
    [{ state: [{ h: zeros([2, 4]), c: 0 }] }, "unroll: state c of l0 must be [2, 4], got 0"],
    [{ state: [{ h: zeros([2, 4]) }] }, "unroll: state c of l0 must be [2, 4], got none"],
    [
      { state: [{ h: zeros([2, 4]), c: zeros([2, 4]), k: zeros([2, 4]) }] },
      'unroll: the state of l0 must have no names but h, c, got "k"',
    ],
  ])("sequences of callers without types %#", (sequence, message) =>
    expect(() => make().forward(draw(2, 4, 3), sequence)).toThrow(message),
  );

  it("what is no sequence", () => {
    expect(() => make().forward([[[1, 2, 3]]] as never)).toThrow("unroll: needs a sequence [batch, time, 3], got an array");
  });

  it("inputs", () => {
    const x = draw(2, 4, 3);
    expect(() => make().forward(x, { state: [] })).toThrow("unroll: needs 1 states (layers x directions), got 0");
    expect(() => make().forward(x, { state: make().zeroState(3) })).toThrow("unroll: state h of l0 must be [2, 4], got [3, 4]");
    expect(() => make().forward(x, { mask: ones([2, 3]) })).toThrow(
      "unroll: the mask must be [batch, time] = [2, 4], got [2, 3]",
    );
    expect(() => make().forward(x, { mask: ones([2, 4]), lengths: Int32Array.of(1, 1) })).toThrow(
      "unroll: takes lengths or a mask, got both",
    );
    expect(() => oneToMany(make(), x, { steps: 2 })).toThrow("oneToMany: needs one input per row [batch, 3], got [2, 4, 3]");
  });
});
