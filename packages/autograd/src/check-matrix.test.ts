import {
  createGenerator,
  primitives,
  referenceBackend,
  scope,
  withBackend,
  type DType,
  type PrimitiveName,
  type Tensor,
} from "@unroll/tensor";
import { WasmBackend } from "@unroll/wasm";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";

import { gradcheck, nonDifferentiable, valueAndGrad, vjpRules } from "./index.js";
import { gatedCell, primitiveCases, type CaseSource, type PrimitiveCase } from "./primitive-cases.js";

const columns = ["first derivative", "second derivative", "values survive", "float32 wasm"] as const;
type Column = (typeof columns)[number];
type Make = (source: CaseSource) => readonly PrimitiveCase[];

const matrix = new Map<string, Map<Column, string>>();
const mark = (row: string, column: Column, text: string): unknown =>
  matrix.set(row, (matrix.get(row) ?? new Map<Column, string>()).set(column, text));

const size = fc.integer({ min: 1, max: 4 });
const sources = fc.record({ n: size, m: size, k: size, seed: fc.integer({ min: 1, max: 1e6 }) });

function everywhere(make: Make, check: (one: PrimitiveCase, again: PrimitiveCase) => void, second: DType = "float64"): void {
  fc.assert(
    fc.property(sources, ({ seed, ...sizes }) => {
      const at = (dtype: DType): readonly PrimitiveCase[] => make({ ...sizes, generator: createGenerator(seed), dtype });
      const others = at(second);
      at("float64").forEach((one, index) => check(one, others[index] as PrimitiveCase));
    }),
    { numRuns: 5, seed: 7 },
  );
}

function gradientsOf({ fn, inputs }: PrimitiveCase): readonly Tensor[] {
  return valueAndGrad((...all: Tensor[]) => fn(...all).sum())(...inputs).gradients;
}

function differentiates(row: string, make: Make): void {
  it(`${row}: first derivative agrees with differences to 1e-7`, () => {
    everywhere(make, ({ fn, inputs }) => {
      const report = gradcheck(fn, inputs);
      expect(report.ok, report.message).toBe(true);
    });
    mark(row, "first derivative", "1e-7");
  });
  it(`${row}: second derivative agrees with differences to 1e-6`, () => {
    everywhere(make, ({ fn, inputs }) => {
      const report = gradcheck(fn, inputs, { order: 2 });
      expect(report.ok, report.message).toBe(true);
    });
    mark(row, "second derivative", "1e-6");
  });
  it(`${row}: what goes in survives the backward pass, inside a scope too`, () => {
    everywhere(make, (one) => {
      const gradients = scope(() => gradientsOf(one));
      for (const x of [...one.inputs, ...gradients]) expect(x.toDense().storage.disposed).toBe(false);
      expect(gradients.map(({ shape }) => shape)).toEqual(one.inputs.map(({ shape }) => shape));
    });
    mark(row, "values survive", "yes");
  });
  it(`${row}: float32 gradients of the WebAssembly backend are within 1e-4`, async () => {
    const wasm = await WasmBackend.create();
    everywhere(
      (source) => withBackend(source.dtype === "float32" ? wasm : referenceBackend, () => make(source)),
      (one, single) => {
        const expected = gradientsOf(one);
        const actual = withBackend(wasm, () => gradientsOf(single));
        expected.forEach((x, index) => {
          const wanted = Float64Array.from(x.toTypedArray());
          const largest = wanted.reduce((most: number, value: number) => Math.max(most, Math.abs(value)), 1e-3);
          const found = (actual[index] as Tensor).toTypedArray();
          wanted.forEach((value: number, at: number) =>
            expect(Math.abs((found[at] as number) - value) / largest).toBeLessThan(1e-4),
          );
        });
      },
      "float32",
    );
    mark(row, "float32 wasm", "1e-4");
  });
}

describe("check matrix", () => {
  for (const name of Object.keys(primitives) as PrimitiveName[]) {
    if (nonDifferentiable.includes(name)) {
      it(`${name}: is declared to have no derivative, and has none`, () => {
        expect(vjpRules[name]).toBeUndefined();
        for (const column of columns) mark(name, column, "none");
      });
      continue;
    }
    it(`${name}: has a rule and a check`, () => {
      expect(vjpRules[name]?.length).toBeGreaterThan(0);
      expect(primitiveCases[name]).toBeTypeOf("function");
    });
    differentiates(name, (source) => primitiveCases[name]?.(source) ?? []);
  }
  differentiates("a gated cell", gatedCell);

  it("has no hole", () => {
    for (const row of [...Object.keys(primitives), "a gated cell"]) {
      expect([...(matrix.get(row)?.keys() ?? [])].sort(), row).toEqual([...columns].sort());
    }
  });
  afterAll(() => console.table(Object.fromEntries([...matrix].map(([row, cells]) => [row, Object.fromEntries(cells)]))));
});
