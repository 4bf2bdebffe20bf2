import { constant, differentiate, Module, Parameter } from "@unroll/nn";
import { concat, fromTypedArray, type DType, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import equations from "../fixtures/equations.json" with { type: "json" };
import onnx from "../fixtures/onnx.json" with { type: "json" };
import pytorch from "../fixtures/pytorch.json" with { type: "json" };
import * as cells from "./index.js";
import { unroll, type Cell, type CellState, type Unrolled, type UnrollOptions } from "./index.js";

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type Tree = Readonly<Record<string, Numbers>>;

interface Expected {
  /** `output`, and each state `[tracks, batch, width]`. */
  readonly results: Tree;
  /** Of the sum of every result times its seed: `x`, each initial state, each weight. */
  readonly gradients?: Tree;
}

/** One run of an oracle. */
interface Case {
  readonly name: string;
  readonly cell: string;
  readonly cellOptions: object;
  readonly unrollOptions: UnrollOptions;
  readonly lengths?: readonly number[];
  readonly weights: Tree;
  readonly x: Numbers;
  readonly state: Tree;
  readonly seeds: Tree;
  readonly float32?: Expected;
  readonly float64?: Expected;
}

declare module "vitest" {
  interface TaskMeta {
    /** Largest distances from the oracle, for the table that `pnpm parity` prints. */
    parity?: { readonly results: number; readonly gradients: number | undefined };
  }
}

const makers: Readonly<Record<string, (options: never) => Cell>> = {
  rnn: cells.rnnCell,
  jordan: cells.jordanCell,
  lstm: cells.lstmCell,
  gru: cells.gruCell,
  layerNormLstm: cells.layerNormLstmCell,
  layerNormGru: () => cells.layerNormGru,
  minGru: () => cells.minGru,
  minLstm: () => cells.minLstm,
  indrnn: () => cells.indrnn,
};

// |ours - theirs| <= absolute + relative * |theirs|, the tolerances of torch.testing for these dtypes.
const tolerances = { float32: { relative: 1.3e-6, absolute: 1e-5 }, float64: { relative: 1e-7, absolute: 1e-7 } };

const read = ({ shape, data }: Numbers, dtype: DType): Tensor => fromTypedArray(Float64Array.from(data), shape).cast(dtype);
const readAll = (tree: Tree, dtype: DType): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tree).map(([name, numbers]) => [name, read(numbers, dtype)]));

function makeLayer({ cell, cellOptions, unrollOptions }: Case, dtype: keyof typeof tolerances): Unrolled {
  const maker = makers[cell] as (options: object) => Cell;
  return unroll(maker(cellOptions), { ...unrollOptions, dtype });
}

class Inputs extends Module {
  readonly values: Readonly<Record<string, Parameter>>;
  readonly layer: Unrolled;

  constructor(values: Readonly<Record<string, Tensor>>, layer: Unrolled) {
    super();
    this.layer = layer;
    this.values = Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const parameter = new Parameter({ shape: value.shape, dtype: value.dtype, initializer: constant(0) });
        parameter.assign(value);
        return [name, parameter];
      }),
    );
  }

  protected override parts(): Iterable<readonly [string, unknown]> {
    return [...Object.entries(this.values).map(([name, value]) => [`values.${name}`, value] as const), ["layer", this.layer]];
  }
}

/** Our results, and gradients where the oracle has them; `change` may spoil the weights first. */
function run(
  oracle: Case,
  dtype: keyof typeof tolerances,
  change: (weights: Record<string, Tensor>) => Record<string, Tensor> = (same) => same,
): Record<string, Tensor> {
  const layer = makeLayer(oracle, dtype).loadStateDict(change(readAll(oracle.weights, dtype)));
  const lengths = oracle.lengths && Int32Array.from(oracle.lengths);
  // x and the initial state join the parameters of a module, so that one pass back gives all gradients.
  const inputs = new Inputs({ x: read(oracle.x, dtype), ...readAll(oracle.state, dtype) }, layer);
  const states = Object.keys(oracle.state);
  const results: Record<string, Tensor> = {};
  const { gradients } = differentiate(inputs, () => {
    const value = (name: string): Tensor => (inputs.values[name] as Parameter).value;
    const state = layer.tracks.map((_, track): CellState =>
      Object.fromEntries(states.map((name) => [name, at(value(name), track)])),
    );
    const result = layer.forward(value("x"), { state, ...(lengths && { lengths }) });
    results["output"] = result.output;
    for (const name of states)
      results[name] = concat(
        result.state.map((own) => (own[name] as Tensor).unsqueeze({ axis: 0 })),
        { axis: 0 },
      );
    const terms = Object.entries(oracle.seeds).map(([name, seed]) => (results[name] as Tensor).mul(read(seed, dtype)).sum());
    return terms.reduce((sum, term) => sum.add(term));
  });
  const named = Object.entries(gradients).map(
    ([name, gradient]) => [`gradient ${name.replace(/^(values|layer)\./, "")}`, gradient] as const,
  );
  return { ...results, ...Object.fromEntries(named) };
}

const at = (x: Tensor, index: number): Tensor => x.slice({ axis: 0, start: index, stop: index + 1 }).squeeze({ axis: 0 });

/** Distances from the oracle, in units of the tolerance (1 is the limit) and as they are. */
function compare(ours: Record<string, Tensor>, { results, gradients = {} }: Expected, dtype: "float32" | "float64") {
  const { relative, absolute } = tolerances[dtype];
  let excess = 0;
  const largest = (tree: Tree, prefix: string): number => {
    let distance = 0;
    for (const [name, { data, shape }] of Object.entries(tree)) {
      const own = ours[prefix + name] as Tensor;
      expect(own.shape, name).toEqual(shape);
      const scale = Math.max(1e-3, ...data.map(Math.abs));
      own.toTypedArray().forEach((value, index) => {
        const theirs = data[index] as number;
        const off = Math.abs(value - theirs);
        // Gradients are sums of many terms: their tolerance counts from the largest of the tensor, 1e-4 in float32.
        const allowed = prefix === "" ? absolute + relative * Math.abs(theirs) : (dtype === "float32" ? 1e-4 : 1e-7) * scale;
        excess = Math.max(excess, off / allowed);
        distance = Math.max(distance, off);
      });
    }
    return distance;
  };
  const distances = {
    results: largest(results, ""),
    gradients: Object.keys(gradients).length > 0 ? largest(gradients, "gradient ") : undefined,
  };
  return { excess, ...distances };
}

const all = [pytorch, onnx, equations].flatMap((file) => file.cases as unknown as Case[]);

describe.each(all.map((oracle) => [oracle.name, oracle] as const))("%s", (_, oracle) => {
  for (const dtype of ["float32", "float64"] as const) {
    const expected = oracle[dtype];
    if (expected === undefined) continue;

    it(`agrees in ${dtype}`, ({ task }) => {
      const { excess, ...parity } = compare(run(oracle, dtype), expected, dtype);
      task.meta.parity = parity;
      expect(excess).toBeLessThanOrEqual(1);
    });

    it(`would notice any two gates that changed places, in ${dtype}`, () => {
      const { gates } = makeLayer(oracle, dtype).cell;
      const swaps = gates.flatMap((_gate, a) => gates.slice(a + 1).map((_other, b) => [a, a + 1 + b] as const));
      // A cell of one gate has no order; there the rows of units change places instead.
      const count = gates.length > 1 ? gates.length : oracle.unrollOptions.hiddenSize;
      for (const [a, b] of gates.length > 1 ? swaps : [[0, 1] as const]) {
        const swapped = run(oracle, dtype, (weights) => swapBlocks(weights, { a, b, count }));
        expect(compare(swapped, { results: expected.results }, dtype).excess, `${a} and ${b}`).toBeGreaterThan(100);
      }
    });
  }
});

// Exchanges two blocks of rows of everything that lies in `count` of them, as weight_ih does.
function swapBlocks(
  weights: Record<string, Tensor>,
  { a, b, count }: { readonly a: number; readonly b: number; readonly count: number },
): Record<string, Tensor> {
  const entries = Object.entries(weights).map(([name, weight]) => {
    if (!name.startsWith("weight_ih")) return [name, weight] as const;
    const blocks = weight.split(count, { axis: 0 });
    [blocks[a], blocks[b]] = [blocks[b] as Tensor, blocks[a] as Tensor];
    return [name, concat(blocks, { axis: 0 })] as const;
  });
  return Object.fromEntries(entries);
}
