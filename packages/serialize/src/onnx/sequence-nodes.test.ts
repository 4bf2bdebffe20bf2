import { fromBinary } from "@bufbuild/protobuf";
import {
  defineCell,
  gru,
  gruCell,
  indrnn,
  irnn,
  jordan,
  layerNormGru,
  layerNormLstm,
  lstm,
  lstmCell,
  minGru,
  minLstm,
  rnn,
  rnnCell,
  unroll,
  type Cell,
  type SequenceOptions,
  type Unrolled,
  type UnrollOptions,
} from "@unroll/cells";
import { differentiate, Module } from "@unroll/nn";
import { createGenerator, fromTypedArray, normal, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { ModelProtoSchema, type GraphProto } from "../generated/onnx_pb.js";
import { exportOnnx, importOnnx } from "../onnx.js";

const draw = (seed: number, ...shape: number[]): Tensor => normal(shape, { generator: createGenerator(seed) });

const graphOf = (bytes: Uint8Array): GraphProto => fromBinary(ModelProtoSchema, bytes).graph as GraphProto;
const operatorsOf = (bytes: Uint8Array): string[] => graphOf(bytes).node.map(({ opType }) => opType);
const recurrentOf = (bytes: Uint8Array): string =>
  [...new Set(operatorsOf(bytes))].filter((name) => ["RNN", "GRU", "LSTM", "Scan"].includes(name)).join();

const built = (cell: Cell, options: Partial<UnrollOptions> = {}): Unrolled => {
  const layer = unroll(cell, { inputSize: 4, hiddenSize: 6, ...options });
  const generator = createGenerator(2);
  for (const parameter of layer.parameters().values()) parameter.assign(normal(parameter.shape, { generator, deviation: 0.5 }));
  return layer;
};

const expectClose = (actual: Tensor | undefined, expected: Tensor): void => {
  expect(actual?.shape).toEqual(expected.shape);
  expect(actual?.dtype).toBe(expected.dtype);
  expect(actual?.sub(expected).abs().max().item()).toBeLessThan(1e-5);
};

/** Expects of a file what the stack gives. */
const expectSame = (
  bytes: Uint8Array,
  layer: Unrolled,
  inputs: Readonly<Record<string, Tensor>>,
  options?: SequenceOptions,
): void => {
  const outputs = importOnnx(bytes).run(inputs);
  const { output, last, state } = layer.forward(inputs["x"] as Tensor, options);
  expectClose(outputs["output"], output);
  expectClose(outputs["last"], last);
  state.forEach((record, index) => {
    for (const [name, value] of Object.entries(record)) expectClose(outputs[`state.${index}.${name}`], value);
  });
};

class Masked extends Module {
  readonly rnn: Unrolled;
  constructor(rnn: Unrolled) {
    super();
    this.rnn = rnn;
  }
  forward(x: Tensor, mask: Tensor): object {
    const { output, last, state } = this.rnn.forward(x, { mask });
    return { output, last, state };
  }
}

// A leaky integrator with an adaptive threshold: in no library.
const spiking = defineCell({
  name: "spiking",
  state: ["v", "threshold"],
  step({ weightIh, weightHh, biasIh }, x, { v, threshold }) {
    const fired = v.sub(threshold).mul(4).sigmoid();
    const drive = x.matmul(weightIh.transpose()).add(v.matmul(weightHh.transpose())).add(biasIh);
    return { output: fired, state: { v: v.mul(0.9).add(drive.tanh()).sub(fired), threshold: threshold.mul(0.95).add(fired) } };
  },
});

// The equations of the LSTM under names of one's own.
const ownLstm = defineCell({
  name: "mine",
  gates: ["write", "keep", "content", "read"],
  state: ["shown", "kept"],
  step({ weightIh, weightHh, biasIh, biasHh }, x, { shown, kept }) {
    const sums = x.matmul(weightIh.transpose()).add(biasIh).add(shown.matmul(weightHh.transpose()).add(biasHh));
    const [i, f, g, o] = sums.split(4, { axis: 1 }) as [Tensor, Tensor, Tensor, Tensor];
    const next = f.sigmoid().mul(kept).add(i.sigmoid().mul(g.tanh()));
    const output = o.sigmoid().mul(next.tanh());
    return { output, state: { shown: output, kept: next } };
  },
});

describe("a stack as a graph", () => {
  const stacks: [string, Unrolled, string][] = [
    ["rnn", built(rnn), "RNN"],
    ["rnn, linear", built(rnnCell({ activation: "linear", bias: "single" })), "RNN"],
    ["irnn", built(irnn), "RNN"],
    ["gru", built(gru), "GRU"],
    ["gru, reset before", built(gruCell({ resetAfter: false, bias: "none" })), "GRU"],
    ["gru, hard sigmoid, clip", built(gruCell({ gateActivation: "hardSigmoidKeras", gateClip: 0.5 })), "GRU"],
    ["gru, update replaces", built(gruCell({ updateGate: "replace", gateClip: 0.8 })), "GRU"],
    ["lstm", built(lstm), "LSTM"],
    ["lstm, one bias", built(lstmCell({ bias: "single" })), "LSTM"],
    [
      "lstm, peepholes, clip",
      built(lstmCell({ peephole: "diagonal", gateClip: 0.7, gateActivation: "hardSigmoidTfjs" })),
      "LSTM",
    ],
    ["lstm, coupled, peepholes", built(lstmCell({ coupled: true, peephole: "diagonal" })), "LSTM"],
    ["lstm, full peepholes", built(lstmCell({ peephole: "full" })), "Scan"],
    ["lstm, clipped cell", built(lstmCell({ cellClip: 0.3 })), "Scan"],
    ["lstm, projection", built(lstmCell({ projSize: 3 })), "Scan"],
    ["layer-normalised lstm", built(layerNormLstm), "Scan"],
    ["layer-normalised gru", built(layerNormGru), "Scan"],
    ["minGru", built(minGru), "Scan"],
    ["minLstm", built(minLstm), "Scan"],
    ["indrnn", built(indrnn), "Scan"],
    ["jordan", built(jordan), "Scan"],
    ["a cell of one's own", built(spiking), "Scan"],
    ["an LSTM of one's own", built(ownLstm), "LSTM"],
    ["reverse", built(minGru, { direction: "reverse" }), "Scan"],
    ["lstm, reverse", built(lstm, { direction: "reverse" }), "LSTM"],
    ["2 layers in both directions", built(layerNormGru, { layers: 2, direction: "bidirectional" }), "Scan"],
    ["gru, 2 layers in both directions", built(gru, { layers: 2, direction: "bidirectional" }), "GRU"],
    ["added directions", built(gru, { direction: "bidirectional", merge: "sum" }), "GRU"],
    ["multiplied directions", built(minGru, { direction: "bidirectional", merge: "mul" }), "Scan"],
    ["directions apart", built(spiking, { direction: "bidirectional", merge: "none" }), "Scan"],
    ["residual", built(lstm, { layers: 3, connection: "residual" }), "LSTM"],
    [
      "residual in both directions",
      built(gru, { layers: 3, direction: "bidirectional", connection: "residual", merge: "ave" }),
      "GRU",
    ],
    ["highway", built(indrnn, { layers: 2, connection: "highway", direction: "reverse" }), "Scan"],
    ["learned start", built(lstm, { initialState: "learned" }), "LSTM"],
    ["zoneout", built(lstm, { zoneout: { h: 0.1, c: 0.2 } }), "Scan"],
    ["time first", built(gru, { timeMajor: true, layers: 2, direction: "bidirectional" }), "GRU"],
    ["several cells", built(lstm, { layers: [{}, { cell: spiking, hiddenSize: 5 }] }), "LSTM,Scan"],
  ];

  it.each(stacks)("writes %s", (_, layer, opType) => {
    const bytes = exportOnnx(layer, { x: draw(1, 3, 5, 4) });
    expect(recurrentOf(bytes)).toBe(opType);
    for (const [batch, time] of [
      [3, 5],
      [1, 1],
      [2, 9],
    ] as const)
      expectSame(bytes, layer, { x: draw(3, batch, time, 4) });
    expect(graphOf(bytes).input[0]?.type?.value.value).toMatchObject({
      shape: { dim: [{ value: { value: "batch" } }, { value: { value: "time" } }, { value: { value: 4n } }] },
    });
  });

  it.each([
    ["zeros", built(spiking, { layers: 2, direction: "bidirectional" })],
    ["the output before", built(minLstm, { layers: 2, direction: "bidirectional", paddedOutput: "repeat" })],
    ["connections", built(layerNormGru, { layers: 2, direction: "bidirectional", connection: "residual", merge: "sum" })],
    ["a recurrent operator's cell", built(lstm, { direction: "reverse" })],
  ])("writes masks as an input: %s", (_, layer) => {
    const model = new Masked(layer);
    const masks = [
      [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1],
      [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1],
    ].map((mask) => fromTypedArray(Int32Array.from(mask), [3, 5]).cast("bool"));
    const bytes = exportOnnx(model, { x: draw(1, 3, 5, 4), mask: masks[0] as Tensor });
    for (const mask of masks) expectSame(bytes, layer, { x: draw(4, 3, 5, 4), mask }, { mask });
    const longer = fromTypedArray(Int32Array.of(1, 1, 1, 1, 0, 0, 0), [1, 7]).cast("bool");
    expectSame(bytes, layer, { x: draw(4, 1, 7, 4), mask: longer }, { mask: longer });
  });

  it.each([
    ["LSTM", built(lstm, { layers: 2, direction: "bidirectional" }), [5, 2, 3]],
    ["Scan", built(lstm), [5, 0, 3]],
    ["Scan", built(lstm, { paddedOutput: "repeat" }), [5, 1, 3]],
    ["Scan", built(minGru, { direction: "bidirectional" }), [4, 2, 3]],
  ])("writes lengths and states: %s", (opType, layer, lengths) => {
    class Carried extends Module {
      readonly rnn = layer;
      forward(x: Tensor, ...states: Tensor[]): object {
        const names = layer.cell.state;
        const state = layer.tracks.map((_, track) =>
          Object.fromEntries(names.map((name, index) => [name, states[track * names.length + index] as Tensor])),
        );
        const { output, last, state: next } = layer.forward(x, { state, lengths: Int32Array.from(lengths) });
        return { output, last, state: next };
      }
    }
    const inputs: Record<string, Tensor> = { x: draw(5, 3, 5, 4) };
    const state = layer
      .zeroState(3)
      .map((record, track) =>
        Object.fromEntries(
          Object.entries(record).map(([name, { shape }], index) => [
            name,
            (inputs[`${name}${track}`] = draw(track * 2 + index, ...shape)),
          ]),
        ),
      );
    const bytes = exportOnnx(new Carried(), inputs, { opset: 14 });
    expect(recurrentOf(bytes)).toBe(opType);
    expectSame(bytes, layer, inputs, { lengths: Int32Array.from(lengths), state });
  });

  it("comes back as it went out, and learns", () => {
    for (const layer of [built(spiking, { direction: "bidirectional" }), built(lstm, { layers: 2 })]) {
      const x = draw(6, 2, 4, 4);
      const bytes = exportOnnx(layer, { x });
      const imported = importOnnx(bytes);
      class Again extends Module {
        readonly model = imported;
        forward(given: Tensor): Record<string, Tensor> {
          return this.model.run({ x: given });
        }
      }
      const again = exportOnnx(new Again(), { x });
      expect(recurrentOf(again)).toBe(recurrentOf(bytes));
      expectSame(again, layer, { x: draw(7, 5, 3, 4) });

      const { gradients } = differentiate(imported, () => (imported.run({ x })["output"] as Tensor).square().sum());
      const expected = differentiate(layer, () => layer.forward(x).output.square().sum()).gradients;
      if (layer.cell !== spiking) continue;
      for (const [name, gradient] of Object.entries(expected))
        if (gradient.abs().sum().item() > 0) expectClose(gradients[name], gradient);
    }
  });
});

it("computes outside of a Scan what is the same at every step, and stores equal numbers once", () => {
  const bytes = exportOnnx(built(layerNormLstm, { layers: 2, direction: "bidirectional" }), { x: draw(1, 3, 5, 4) });
  const { node, initializer } = graphOf(bytes);
  const bodies = node.flatMap(({ attribute }) => attribute.flatMap(({ g }) => (g === undefined ? [] : [g])));
  expect(bodies.length).toBe(4);
  for (const body of bodies) expect(body.node.map(({ opType }) => opType)).not.toContain("Transpose");
  const scalars = initializer
    .filter(({ dims }) => dims.length === 0)
    .map(({ rawData, dataType }) => `${dataType} ${rawData.join()}`);
  expect(new Set(scalars).size).toBe(scalars.length);
});

describe("a call that a stack refuses", () => {
  const layer = built(lstm);
  const x = draw(1, 3, 5, 4);
  const mask = fromTypedArray(new Int32Array(15), [3, 5]);
  const calls: readonly [SequenceOptions, RegExp][] = [
    [{ lengths: Int32Array.of(5, 5) }, /one length in 0\.\.5 for each of 3 rows/],
    [{ lengths: Int32Array.of(5, 5, 6) }, /one length in 0\.\.5/],
    [{ lengths: Int32Array.of(5, 5, 5), mask }, /lengths or a mask, got both/],
    [{ mask: mask.reshape([5, 3]) }, /must be \[batch, time\] = \[3, 5\], got \[5, 3\]/],
    [{ state: [] }, /needs 1 states/],
    [{ state: layer.zeroState(2) }, /must be \[3, 6\]/],
  ];
  it.each(calls)("is refused by the export too: %o", (options, message) => {
    class Calling extends Module {
      readonly rnn = layer;
      forward(given: Tensor): Tensor {
        return this.rnn.forward(given, options).output;
      }
    }
    expect(() => layer.forward(x, options)).toThrow();
    expect(() => exportOnnx(new Calling(), { x })).toThrow(message);
  });
});
