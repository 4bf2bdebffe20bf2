import { createGenerator, normal, scalar, tensor, zeros, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { beforeAll, describe, expect, it } from "vitest";

import {
  CellError,
  defineCell,
  EncoderDecoder,
  oneToMany,
  unroll,
  type Cell,
  type CellState,
  type SequenceOptions,
  type UnrollOptions,
} from "../index.js";

beforeAll(async () => {
  await useWasm();
});

const sizes = { inputSize: 3, hiddenSize: 4 };
const engines = ["compiled", "tape"] as const;
const x = normal([5, 6, 3], { generator: createGenerator(1) });

// A cell as JavaScript may have it, whose step gives anything made of what it should give.
function giving(make: (next: Tensor, state: CellState) => unknown): Cell {
  return defineCell({
    name: "mine",
    state: ["h", "c"],
    step({ weightIh, weightHh }, input, state) {
      const next = input.matmul(weightIh.transpose()).add(state.h.matmul(weightHh.transpose())).tanh();
      return make(next, state) as never;
    },
  });
}

const wide = (next: Tensor): Tensor => next.matmul(zeros([4, 8]));
const results: readonly [what: string, make: (next: Tensor, state: CellState) => unknown, message: string][] = [
  ["nothing", () => undefined, "{ output, state } at once, got none; return both; steps are synchronous"],
  ["a tensor alone", (next) => next, "{ output, state } at once, got float32 [batch, 4]"],
  [
    "a promise",
    async (next) => Promise.resolve({ output: next, state: { h: next, c: next } }),
    "{ output, state } at once, got an object; return both; steps are synchronous",
  ],
  ["no output", (next) => ({ state: { h: next, c: next } }), "output as floats [batch, 4], got none"],
  ["a number for output", (next) => ({ output: 1, state: { h: next, c: next } }), "output as floats [batch, 4], got 1"],
  [
    "bool output",
    (next) => ({ output: next.greater(0), state: { h: next, c: next } }),
    'output as floats [batch, 4], got bool [batch, 4]; use cast("float32")',
  ],
  [
    "int32 output",
    (next) => ({ output: next.cast("int32"), state: { h: next, c: next } }),
    'output as floats [batch, 4], got int32 [batch, 4]; use cast("float32")',
  ],
  [
    "wide output",
    (next) => ({ output: wide(next), state: { h: next, c: next } }),
    "output as floats [batch, 4], got float32 [batch, 8]; widths that are not hiddenSize are the cell's outputSize and stateSizes",
  ],
  [
    "one column of output",
    (next) => ({ output: next.sum({ axes: 1, keepDims: true }), state: { h: next, c: next } }),
    "output as floats [batch, 4], got float32 [batch, 1]",
  ],
  [
    "output of rank 3",
    (next) => ({ output: next.unsqueeze({ axis: 1 }), state: { h: next, c: next } }),
    "got float32 [batch, 1, 4]",
  ],
  ["a scalar for output", (next) => ({ output: next.sum(), state: { h: next, c: next } }), "got float32 []"],
  ["no state", (next) => ({ output: next }), "state as a record, got none"],
  ["a tensor for state", (next) => ({ output: next, state: next }), "state as a record, got float32 [batch, 4]"],
  ["no c", (next) => ({ output: next, state: { h: next } }), "state c as floats [batch, 4], got none"],
  ["a number for c", (next) => ({ output: next, state: { h: next, c: 0 } }), "state c as floats [batch, 4], got 0"],
  [
    "a scalar for c",
    (next) => ({ output: next, state: { h: next, c: scalar(0) } }),
    "state c as floats [batch, 4], got float32 []",
  ],
  [
    "bool c",
    (next) => ({ output: next, state: { h: next, c: next.greater(0) } }),
    'state c as floats [batch, 4], got bool [batch, 4]; use cast("float32")',
  ],
  [
    "one row of c",
    (next) => ({ output: next, state: { h: next, c: next.mean({ axes: 0, keepDims: true }) } }),
    "state c as floats [batch, 4], got float32 [1, 4]",
  ],
  [
    "one column of c",
    (next) => ({ output: next, state: { h: next, c: next.mean({ axes: 1, keepDims: true }) } }),
    "state c as floats [batch, 4], got float32 [batch, 1]",
  ],
  [
    "wide c",
    (next) => ({ output: next, state: { h: next, c: wide(next) } }),
    "state c as floats [batch, 4], got float32 [batch, 8]; widths that are not hiddenSize are the cell's outputSize and stateSizes",
  ],
  [
    "a state that the cell does not name",
    (next) => ({ output: next, state: { h: next, c: next, k: next } }),
    'no states but h, c, got "k"; add it to the cell\'s state, or leave it out',
  ],
];

const ways: readonly [way: string, options: Partial<UnrollOptions>, sequence: SequenceOptions][] = [
  ["plain", {}, {}],
  ["ragged", { direction: "bidirectional" }, { lengths: Int32Array.of(6, 2, 0, 5, 1) }],
  ["with zoneout", { zoneout: { c: 0.3 } }, {}],
  ["with recurrent dropout", { recurrentDropout: 0.3 }, {}],
  ["watched", {}, { onStep: () => undefined }],
];

describe.each(ways)("both engines refuse what a step may not give, %s:", (_, options, sequence) => {
  it.each(results)("%s", (_what, make, message) => {
    const said = engines.map((engine) => {
      const layer = unroll(giving(make), { ...sizes, ...options, engine }).train();
      try {
        layer.forward(x, sequence);
      } catch (error) {
        expect(error).toBeInstanceOf(CellError);
        return `${(error as CellError).code} ${(error as CellError).message}`;
      }
      return "nothing";
    });
    expect(said[0]).toMatch(/^result unroll: the step of mine must give /);
    expect(said[0]).toContain(message);
    expect(said[1]).toBe(said[0]);
  });
});

it("takes exactly the cell's own states, whatever they are called and in whatever order", () => {
  const cell = defineCell({
    name: "counter",
    state: ["output", "b"],
    stateSizes: () => ({ b: 2 }),
    step: (_weights, _x, { output, b }) => ({ output, state: { b: b.add(1), output: output.add(2) } }),
  });
  for (const engine of engines) {
    const { state } = unroll(cell, { ...sizes, engine }).forward(zeros([1, 3, 3]));
    expect(Array.from(state[0]?.["b"]?.toTypedArray() ?? [])).toEqual([3, 3]);
  }
});

describe("a step whose result is refused says so through", () => {
  const bool = giving((next, { c = next }) => ({ output: next.greater(0), state: { h: next, c } }));
  const message = 'unroll: the step of mine must give output as floats [batch, 4], got bool [batch, 4]; use cast("float32")';

  it.each(engines)("oneToMany, %s", (engine) => {
    expect(() => oneToMany(unroll(bool, { ...sizes, engine }), zeros([2, 3]), { steps: 3 })).toThrow(message);
  });

  it("EncoderDecoder", () => {
    const vocabularies = { sourceVocabulary: 5, targetVocabulary: 6, embeddingSize: 4, start: 4, end: 5 };
    const model = new EncoderDecoder(bool, { ...vocabularies, hiddenSize: 4 });
    expect(() => model.greedy(tensor([[1, 2]], { dtype: "int32" }), { maxLength: 3 })).toThrow(message);
  });
});
