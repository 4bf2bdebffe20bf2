import { grad, Tape, type Variable } from "@unroll/autograd";
import { differentiate, Embedding, Module, withBoundParameters, type Parameter } from "@unroll/nn";
import {
  arange,
  createGenerator,
  currentBackend,
  normal,
  scope,
  setBackend,
  tensor,
  where,
  type Backend,
  type Tensor,
} from "@unroll/tensor";
import { useWasm, type LinkedProgram, type ProgramHost } from "@unroll/wasm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { everyCell, leaky } from "../../fixtures/every-cell.js";
import {
  defineCell,
  gru,
  lstm,
  lstmCell,
  rnn,
  unroll,
  type Cell,
  type SequenceOptions,
  type StepEvent,
  type Unrolled,
  type UnrollOptions,
} from "../index.js";

type Options = Omit<UnrollOptions, "inputSize" | "hiddenSize" | "engine">;

const [batch, time, inputSize, hiddenSize] = [5, 7, 3, 11] as const;
const draw = (seed: number, ...shape: number[]): Tensor => normal(shape, { generator: createGenerator(seed) });
let before: Backend;
let runs = 0;
// Rows that programs have worked on before their loops.
let rowsBefore = 0;

// Counts how often a program runs, so that a test can tell that one did.
beforeAll(async () => {
  before = currentBackend();
  const { programs } = await useWasm();
  const link = programs.link.bind(programs);
  const counted: ProgramHost["link"] = (bytes) => {
    const program = link(bytes);
    const run: LinkedProgram["run"] = (name, args) => {
      runs++;
      if (name === "before") for (const [, from = 0, to = 0] of args) rowsBefore += to - from;
      program.run(name, args);
    };
    return { run };
  };
  Object.assign(programs, { link: counted });
});

afterAll(() => {
  setBackend(before);
});

interface Run {
  readonly ran: boolean;
  readonly values: Readonly<Record<string, Tensor>>;
}

function run(engine: "compiled" | "tape", cell: Cell, options: Options, sequence: SequenceOptions): Run {
  const layer = unroll(cell, { inputSize, hiddenSize, ...options, engine })
    .initialize({ seed: 3 })
    .train();
  const generator = createGenerator(9);
  for (const parameter of layer.parameters().values()) parameter.assign(normal(parameter.shape, { generator, deviation: 0.4 }));
  const x = draw(1, batch, time, inputSize);
  const started = runs;
  let output: Tensor | undefined;
  const { gradients } = differentiate(layer, () => {
    const result = layer.forward(x, sequence);
    output = result.output.toDense();
    const ends = [result.output, result.last, ...result.state.flatMap((state) => Object.values(state))];
    return ends.map((end, index) => end.mul(draw(20 + index, ...end.shape)).sum()).reduce((sum, end) => sum.add(end));
  });
  return { ran: runs > started, values: { output: output as Tensor, ...gradients } };
}

function expectSame(cell: Cell, options: Options = {}, sequence: SequenceOptions = {}): void {
  compare(run("tape", cell, options, sequence), run("compiled", cell, options, sequence));
}

function compare(tape: Run, compiled: Run): void {
  expect([tape.ran, compiled.ran]).toEqual([false, true]);
  expect(Object.keys(compiled.values)).toEqual(Object.keys(tape.values));
  for (const [name, expected] of Object.entries(tape.values)) {
    const [got, wanted] = [compiled.values[name] as Tensor, expected].map((x) => Array.from(x.toTypedArray())) as [
      number[],
      number[],
    ];
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    const worst = wanted.reduce((most, value, index) => Math.max(most, Math.abs(value - (got[index] as number))), 0);
    expect(worst / largest, name).toBeLessThan(1e-6);
  }
}

const ragged = { lengths: Int32Array.of(7, 0, 3, 1, 6) };

describe("both engines give the same values and gradients", () => {
  it.each(everyCell)("%s", (_, cell) => {
    expectSame(cell);
    expectSame(cell, { layers: 2, direction: "bidirectional" }, ragged);
  });

  const stacks: [string, Options][] = [
    ["stacks of other cells and widths", { layers: [{ cell: rnn, hiddenSize: 4 }, { cell: gru }, { hiddenSize: 2 }] }],
    ["residual connections", { layers: 2, connection: "residual" }],
    ["highway connections", { layers: 2, connection: "highway", direction: "reverse" }],
    ["every dropout", { layers: 2, inputDropout: 0.2, recurrentDropout: 0.3, dropout: 0.2 }],
    ["zoneout", { zoneout: { h: 0.3 }, direction: "bidirectional" }],
    ["learned initial states", { initialState: "learned", direction: "bidirectional", merge: "ave" }],
    ["repeated outputs", { paddedOutput: "repeat", layers: 2 }],
    ["time first", { timeMajor: true }],
  ];
  it.each(stacks)("%s", (name, options) => {
    for (const cell of [lstm, gru, leaky]) {
      const named = name === "zoneout" && cell === leaky ? { ...options, zoneout: { memory: 0.3 } } : options;
      expectSame(cell, named);
      if (name !== "time first") expectSame(cell, named, ragged);
    }
  });

  it("gradients that are cut short", () => {
    expectSame(lstmCell({ peephole: "full", peepholeGradient: "truncated" }));
  });

  it("from a state, and with a mask that has gaps", () => {
    const state = [{ h: draw(5, batch, hiddenSize), c: draw(6, batch, hiddenSize) }];
    const mask = draw(7, batch, time).greater(-0.5);
    expectSame(lstm, {}, { state });
    expectSame(lstm, {}, { state, mask });
  });
});

// A stack over vectors that are looked up.
class Language extends Module {
  readonly embedding = new Embedding(4, inputSize);
  readonly stack: Unrolled;

  constructor(cell: Cell, options: Options, engine: "compiled" | "tape") {
    super();
    this.stack = unroll(cell, { inputSize, hiddenSize, ...options, engine });
  }

  forward(indices: Tensor, sequence: SequenceOptions): Tensor {
    const { output, last } = this.stack.forward(this.embedding.forward(indices), sequence);
    return output
      .mul(draw(20, ...output.shape))
      .sum()
      .add(last.mul(draw(21, ...last.shape)).sum());
  }
}

describe("both engines give the same values and gradients over an embedding", () => {
  const indices = draw(4, batch, time).abs().mul(2).floor().minimum(3).cast("int32");
  const learn = (engine: "compiled" | "tape", cell: Cell, options: Options, sequence: SequenceOptions = {}): Run => {
    const model = new Language(cell, options, engine).initialize({ seed: 3 }).train();
    const started = runs;
    const { gradients, loss } = differentiate(model, () =>
      model.forward(options.timeMajor ? indices.transpose() : indices, sequence),
    );
    return { ran: runs > started, values: { loss, ...gradients } };
  };

  it.each(everyCell)("%s", (_, cell) => {
    for (const options of [{}, { layers: 2, direction: "bidirectional" }, { inputDropout: 0.3 }] satisfies Options[]) {
      for (const sequence of [{}, ragged])
        compare(learn("tape", cell, options, sequence), learn("compiled", cell, options, sequence));
    }
    compare(learn("tape", cell, { timeMajor: true }), learn("compiled", cell, { timeMajor: true }));
  });

  const watchings: [string, Options, SequenceOptions][] = [
    ["plain", {}, {}],
    ["ragged", {}, ragged],
    ["time first, both ways", { timeMajor: true, direction: "bidirectional" }, ragged],
    ["with residual connections", { connection: "residual", layers: 2 }, ragged],
  ];
  it.each(watchings)("whose own gradient somebody looks at: %s", (_, options, sequence) => {
    const look = (engine: "compiled" | "tape", looking: "asking" | "hooking" | "retaining"): Record<string, Tensor> => {
      const model = new Language(lstm, options, engine).initialize({ seed: 3 }).train();
      const tape = new Tape();
      const seen: Record<string, Tensor> = {};
      const parameters = [...model.parameters().values()];
      const variables = parameters.map(({ value }) => tape.variable(value));
      withBoundParameters(parameters, variables, () => {
        const x = model.embedding.forward(options.timeMajor ? indices.transpose() : indices) as Variable;
        if (looking === "hooking") tape.onGradient(x, (gradient) => (seen["hooked"] = gradient).mul(2));
        if (looking === "retaining") tape.retainGradient(x);
        const { output } = model.stack.forward(x, sequence);
        const table = model.embedding.weight.value as Variable;
        const loss = output.mul(draw(20, ...output.shape)).sum();
        if (looking === "retaining") {
          tape.backward(loss);
          seen["retained"] = tape.gradientOf(x) as Tensor;
          seen["table"] = tape.gradientOf(table) as Tensor;
        } else {
          const wanted = looking === "asking" ? [table, x] : [table];
          tape.gradients(loss, wanted).forEach((gradient, index) => (seen[`wanted ${index}`] = gradient));
        }
      });
      return seen;
    };
    for (const looking of ["asking", "hooking", "retaining"] as const) {
      compare({ ran: false, values: look("tape", looking) }, { ran: true, values: look("compiled", looking) });
    }
  });

  it("whose table or indices are gone by then", () => {
    const outputs = (["tape", "compiled"] as const).map((engine) => {
      const model = new Language(lstm, {}, engine).initialize({ seed: 3 });
      const results: Record<string, Tensor> = {};
      for (const [name, sequence] of [
        ["whole", {}],
        ["ragged", ragged],
      ] as const) {
        const x = scope(() => model.embedding.forward(indices.copy()));
        results[name] = model.stack.forward(x, sequence).output;
      }
      const own = indices.copy();
      const { weight } = model.embedding;
      const kernel = model.stack.parameters().get("weight_ih_l0") as Parameter;
      const tape = new Tape();
      const variable = tape.variable(kernel.value);
      const loss = withBoundParameters([kernel], [variable], () => {
        const { output } = model.stack.forward(model.embedding.forward(own));
        return output.square().sum();
      });
      weight.assign(weight.value.mul(2));
      own.dispose();
      results["gradient"] = tape.gradients(loss, [variable])[0] as Tensor;
      return results;
    });
    compare({ ran: false, values: outputs[0] as Run["values"] }, { ran: true, values: outputs[1] as Run["values"] });
  });

  it("whose padding may stand for vectors that are no numbers", () => {
    for (const engine of ["tape", "compiled"] as const) {
      const model = new Language(lstm, {}, engine).initialize({ seed: 3 }).train();
      const { value } = model.embedding.weight;
      model.embedding.weight.assign(where(arange(4).equal(3).unsqueeze({ axis: 1 }), NaN, value));
      const real = draw(7, batch, time).greater(-0.5);
      const padded = where(real, indices.minimum(2), 3).cast("int32");
      const { gradients } = differentiate(model, () => model.forward(padded, { mask: real }));
      for (const [name, x] of Object.entries(gradients))
        expect([name, x.toTypedArray().every(Number.isFinite)]).toEqual([name, true]);
    }
  });

  it("which the compiled one projects row by row of its table", () => {
    const rowsOf = (options: Options, sequence?: SequenceOptions): number => {
      rowsBefore = 0;
      learn("compiled", lstm, options, sequence);
      return rowsBefore;
    };
    expect(rowsOf({})).toBe(4);
    expect(rowsOf({ timeMajor: true })).toBe(4);
    expect(rowsOf({ direction: "bidirectional" }, ragged)).toBe(2 * 4);
    expect(rowsOf({ layers: 2 })).toBe(4 + batch * time);
    expect(rowsOf({ inputDropout: 0.1 })).toBe(batch * time);
  });
});

describe("both engines let the same steps be watched", () => {
  // In the order in which they are told: every value that steps give, its gradient where a tape records, and the weights' where the loss reads what was watched.
  function watch(engine: "compiled" | "tape", cell: Cell, options: Options, sequence: SequenceOptions & { taped: boolean }): Run {
    const { taped, ...given } = sequence;
    const layer = unroll(cell, { inputSize, hiddenSize, ...options, engine }).initialize({ seed: 3 });
    const tape = new Tape();
    const parameters = [...layer.parameters().values()];
    const variables = parameters.map(({ value }) => tape.variable(value));
    const values: Record<string, Tensor> = {};
    const onStep = ({ track, t, result: { output, state, gates = {} } }: StepEvent): void => {
      const named = { output, ...state, ...Object.fromEntries(Object.entries(gates).map(([name, x]) => [`gate ${name}`, x])) };
      for (const [name, x] of Object.entries(named)) values[`${track.place.suffix} ${t} ${name}`] = x;
    };
    const started = runs;
    const forward = (): Tensor => layer.forward(draw(1, batch, time, inputSize), { ...given, onStep }).output;
    const output = taped ? withBoundParameters(parameters, variables, forward) : forward();
    if (!taped) return { ran: runs > started, values: { ...values, output } };
    const middle = Object.entries(values).filter(([name]) => name.includes(" 3 "));
    const ends = [output, ...middle.map(([, x]) => x)].map((x, index) => x.mul(draw(40 + index, ...x.shape)).sum());
    const loss = ends.reduce((sum, end) => sum.add(end));
    const watched = Object.entries(values).filter((entry): entry is [string, Variable] => entry[1].interpreter === tape);
    const found = tape.gradients(loss, [...watched.map(([, x]) => x), ...variables], { unused: "zeros" });
    watched.forEach(([name], index) => (values[`gradient of ${name}`] = found[index] as Tensor));
    variables.forEach((_, index) => (values[`gradient of parameter ${index}`] = found[watched.length + index] as Tensor));
    for (const [name, x] of Object.entries(values)) values[name] = x.toDense();
    return { ran: runs > started, values };
  }

  it.each(everyCell)("%s", (_, cell) => {
    for (const options of [{}, { layers: 2, direction: "bidirectional" }] as const) {
      for (const sequence of [{ taped: true }, { ...ragged, taped: true }, { ...ragged, taped: false }]) {
        compare(watch("tape", cell, options, sequence), watch("compiled", cell, options, sequence));
      }
    }
  });
});

describe("both engines give the same derivatives of derivatives", () => {
  const x = draw(1, 2, 4, inputSize);
  const penalties: [string, (layer: Unrolled) => Tensor[]][] = [
    [
      "of the weights, of the gradient of the input",
      (layer) => {
        const penalty = (): Tensor =>
          grad((y) => layer.forward(y).output.square().sum())(x)
            .square()
            .sum();
        return Object.values(differentiate(layer, penalty).gradients);
      },
    ],
    [
      "of the input, of the gradients of the weights",
      (layer) => {
        const norm = (y: Tensor): Tensor => {
          const { gradients } = differentiate(layer, () => layer.forward(y).output.square().sum());
          return Object.values(gradients)
            .map((gradient) => gradient.square().sum())
            .reduce((sum, part) => sum.add(part));
        };
        return [grad(norm)(x)];
      },
    ],
    [
      "of what the gradient that comes in is made of",
      (layer) => {
        const scaled = (scale: Tensor): Tensor =>
          grad((y) => layer.forward(y).output.mul(scale).sum())(x)
            .square()
            .sum();
        return [grad(scaled)(tensor([1.5]))];
      },
    ],
    [
      "twice of the input, of a ragged batch",
      (layer) => {
        const slope = (y: Tensor): Tensor =>
          grad((z) =>
            layer
              .forward(z, { lengths: Int32Array.of(4, 2) })
              .output.square()
              .sum(),
          )(y)
            .square()
            .sum();
        return [grad(slope)(x)];
      },
    ],
  ];
  it.each(penalties)("%s", (_, derive) => {
    for (const cell of [lstm, gru, leaky]) {
      for (const options of [{}, { layers: 2, direction: "bidirectional" }] as const) {
        const [expected, found] = (["tape", "compiled"] as const).map((engine) =>
          derive(unroll(cell, { inputSize, hiddenSize, ...options, engine }).initialize({ seed: 3 })),
        ) as [Tensor[], Tensor[]];
        expect(expected.some((gradient) => gradient.abs().sum().item() > 1e-3)).toBe(true);
        const largest = Math.max(...expected.map((gradient) => gradient.abs().max().item()));
        expected.forEach((gradient, index) => {
          const gap = gradient
            .sub(found[index] as Tensor)
            .abs()
            .max()
            .item();
          expect(gap / largest).toBeLessThan(1e-5);
        });
      }
    }
  });
});

describe("a cell that cannot be compiled", () => {
  const batchNormalized = defineCell({
    name: "batchNormalized",
    state: ["h"],
    step({ weightIh, weightHh }, x, { h }) {
      const sum = x.matmul(weightIh.transpose()).add(h.matmul(weightHh.transpose()));
      const next = sum.sub(sum.mean({ axes: 0, keepDims: true })).tanh();
      return { output: next, state: { h: next } };
    },
  });

  it("runs on the tape, and says so once", () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (message: string) => said.push(message);
    try {
      const compiled = [run("compiled", batchNormalized, {}, {}), run("compiled", batchNormalized, { layers: 2 }, {})];
      expect(compiled.map(({ ran }) => ran)).toEqual([false, false]);
    } finally {
      console.warn = warn;
    }
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^batchNormalized: does something else for another batch size.*use engine: "tape"/);
  });
});
