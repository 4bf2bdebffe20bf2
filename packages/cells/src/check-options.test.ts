import { ones, tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  beamSearch,
  EncoderDecoder,
  explain,
  gru,
  gruCell,
  jordanCell,
  lstmCell,
  oneToMany,
  rnnCell,
  unroll,
  type Cell,
} from "./index.js";

// What a caller without types may pass.
const untyped = (options: unknown): never => options as never;

describe("makers of cells explain", () => {
  it.each<readonly [() => Cell, string]>([
    [() => lstmCell(untyped({ peephole: true })), 'lstmCell: peephole must be one of false, "diagonal", "full", got true'],
    [() => lstmCell(untyped({ peepholeGradient: "none" })), 'peepholeGradient must be one of "full", "truncated", got "none"'],
    [() => lstmCell(untyped({ coupled: 1 })), "lstmCell: coupled must be one of true, false, got 1"],
    [
      () => lstmCell(untyped({ gateActivation: "hardSigmoid" })),
      'gateActivation must be one of "sigmoid", "hardSigmoidTfjs", "hardSigmoidKeras", got "hardSigmoid"',
    ],
    [() => lstmCell(untyped({ bias: true })), 'lstmCell: bias must be one of "none", "single", "double", got true'],
    [() => lstmCell({ cellClip: -1 }), "lstmCell: cellClip must be above 0, got -1; leave it out for no limit"],
    [() => lstmCell({ gateClip: NaN }), "lstmCell: gateClip must be above 0, got NaN"],
    [() => lstmCell({ projSize: 0 }), "lstmCell: projSize must be an integer >= 1, got 0"],
    [() => gruCell(untyped({ resetAfter: "yes" })), 'gruCell: resetAfter must be one of true, false, got "yes"'],
    [() => gruCell(untyped({ updateGate: "replaced" })), 'gruCell: updateGate must be one of "keep", "replace", got "replaced"'],
    [() => gruCell(untyped({ gateActivation: null })), "gruCell: gateActivation must be one of .*, got null"],
    [() => gruCell(untyped({ bias: false })), "gruCell: bias must be one of .*, got false"],
    [() => gruCell({ gateClip: 0 }), "gruCell: gateClip must be above 0, got 0"],
    [() => rnnCell(untyped({ activation: "sigmoid" })), 'rnnCell: activation must be one of "tanh", "relu", "linear"'],
    [() => rnnCell(untyped({ bias: [] })), "rnnCell: bias must be one of .*, got an array"],
    [() => jordanCell({ outputSize: 1.5 }), "jordanCell: outputSize must be an integer >= 1, got 1.5"],
    [() => jordanCell(untyped({ outputActivation: "square" })), 'outputActivation must be one of .*, got "square"'],
  ])("%#", (make, message) => expect(make).toThrow(new RegExp(message)));
});

it("a function that makes a cell is to be called", () => {
  const sizes = { inputSize: 3, hiddenSize: 4 };
  expect(() => unroll(untyped(lstmCell), sizes)).toThrow("unroll: needs a cell, got a function; call it: lstmCell()");
  expect(() => unroll(gru, { ...sizes, layers: [{ cell: untyped(gruCell) }] })).toThrow("call it: gruCell()");
  expect(() => unroll(untyped(undefined), sizes)).toThrow("unroll: needs a cell, got none; make one with defineCell");
  expect(() => explain(untyped(lstmCell), sizes)).toThrow("explain: needs a cell, got a function; call it: lstmCell()");
});

it("explain needs both sizes", () => {
  expect(() => explain(gru, untyped({ inputSize: 3 }))).toThrow("explain: hiddenSize must be an integer >= 1, got none");
  expect(() => explain(gru, { inputSize: 0, hiddenSize: 4 })).toThrow("explain: inputSize must be an integer >= 1, got 0");
});

it("oneToMany says how it may be fed", () => {
  const layer = unroll(gru, { inputSize: 3, hiddenSize: 4 });
  expect(() => oneToMany(layer, ones([2, 3]), { steps: 3, feed: untyped("once") })).toThrow(
    'oneToMany: feed must be one of "repeat", "first", got "once"',
  );
  expect(() => oneToMany(layer, ones([2, 3]), { steps: -1 })).toThrow("oneToMany: steps must be an integer >= 0, got -1");
});

it("translation says how it may attend and how long it may write", () => {
  const sizes = { sourceVocabulary: 5, targetVocabulary: 6, embeddingSize: 4, hiddenSize: 8, start: 4, end: 5 };
  expect(() => new EncoderDecoder(gru, { ...sizes, attention: untyped("dots") })).toThrow(
    'EncoderDecoder: attention must be one of "additive", "dot", "none", got "dots"',
  );
  const model = new EncoderDecoder(gru, sizes);
  const source = tensor([[1, 2]], { dtype: "int32" });
  expect(() => model.greedy(source, untyped({}))).toThrow("greedySearch: maxLength must be an integer >= 0, got none");
  expect(() => model.beam(source, { width: 2, maxLength: -1 })).toThrow("beamSearch: maxLength must be an integer >= 0, got -1");
  expect(() => beamSearch(untyped({}), 0, { width: 0, maxLength: 1 })).toThrow(
    "beamSearch: width must be an integer >= 1, got 0",
  );
});
