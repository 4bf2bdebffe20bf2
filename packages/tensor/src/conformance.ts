import { describe, expect, it } from "vitest";

import { allClose } from "./all-close.js";
import type { Backend } from "./backend.js";
import { cases } from "./conformance/cases.js";
import { expectClose } from "./conformance/expect-close.js";
import { integerProperties } from "./conformance/integer-properties.js";
import { operand, type MakeOperand } from "./conformance/operand.js";
import { properties } from "./conformance/properties.js";
import { specialProperties } from "./conformance/special-properties.js";
import { withBackend } from "./context.js";
import { full, tensor, zeros } from "./create.js";
import { kernelNames } from "./primitives/table.js";
import { referenceBackend } from "./reference/backend.js";
import { scope } from "./scope.js";
import type { Tensor } from "./tensor.js";

function agrees(backend: Backend, run: (make: MakeOperand) => Tensor): void {
  const expected = withBackend(referenceBackend, () => run(operand("float64")));
  const actual = withBackend(backend, () => run(operand("float32")));
  expectClose(actual, expected);
}

/**
 * The suite every backend passes: each primitive, over chosen and random shapes with odd sizes, strides,
 * broadcasts and empty axes, agrees with the float64 reference to 1e-5 of the largest element; NaN and Infinity go through as documented.
 *
 * @param makeBackend - called once, before the first test.
 */
export function backendConformance(name: string, makeBackend: () => Backend | Promise<Backend>): void {
  describe(`backend conformance: ${name}`, () => {
    it("has a kernel for every primitive", async () => {
      const backend = await makeBackend();
      expect(kernelNames.filter((kernel) => typeof backend.kernels[kernel] !== "function")).toEqual([]);
    });

    for (const { title, run } of cases()) {
      it(title, async () => {
        agrees(await makeBackend(), run);
      });
    }

    for (const { title, check } of [...properties, ...integerProperties, ...specialProperties]) {
      it(`${title}, on any shapes and strides`, async () => {
        const backend = await makeBackend();
        check((run) => agrees(backend, run));
      });
    }

    it("lets NaN and Infinity through", async () => {
      const backend = await makeBackend();
      withBackend(backend, () => {
        const x = tensor([NaN, Infinity, -Infinity, 0, -0, 1, -1, 100]);
        expect(Array.from(x.maximum(0).toTypedArray())).toEqual([NaN, Infinity, 0, 0, 0, 1, 0, 100]);
        expect(Array.from(x.minimum(0).toTypedArray())).toEqual([NaN, 0, -Infinity, 0, -0, 0, -1, 0]);
        expect(Array.from(x.exp().slice({ axis: 0, stop: 5 }).toTypedArray())).toEqual([NaN, Infinity, 0, 1, 1]);
        expect(Array.from(x.tanh().slice({ axis: 0, stop: 4 }).toTypedArray())).toEqual([NaN, 1, -1, 0]);
        expect(Array.from(x.sigmoid().slice({ axis: 0, stop: 4 }).toTypedArray())).toEqual([NaN, 1, 0, 0.5]);
        expect(Array.from(x.relu().toTypedArray())).toEqual([NaN, Infinity, 0, 0, 0, 1, 0, 100]);
        expect(x.sum().item()).toBeNaN();
        expect(x.max().item()).toBeNaN();
      });
    });

    it("wraps int32 and multiplies it exactly", async () => {
      const backend = await makeBackend();
      withBackend(backend, () => {
        const x = tensor([2147483647, 123456789], { dtype: "int32" });
        expect(Array.from(x.add(1).toTypedArray())).toEqual([-2147483648, 123456790]);
        expect(Array.from(x.mul(x).toTypedArray())).toEqual([1, Math.imul(123456789, 123456789)]);
        expect(x.sum().item()).toBe((2147483647 + 123456789) | 0);
        expect(x.prod().item()).toBe(Math.imul(2147483647, 123456789));
        expect(x.cumsum({ axis: 0 }).toTypedArray()).toEqual(Int32Array.of(2147483647, (2147483647 + 123456789) | 0));
        const least = tensor([-2147483648], { dtype: "int32" });
        expect([least.neg().item(), least.abs().item(), least.sub(1).item()]).toEqual([-2147483648, -2147483648, 2147483647]);
        const zeroth = tensor([0, 0], { dtype: "int32" });
        expect(least.scatterAdd(zeroth, tensor([-1, -1], { dtype: "int32" }), { axis: 0 }).item()).toBe(2147483646);
        expect(x.mean().item()).toBe(Math.fround((2 ** 31 + 123456792) / 2));
      });
    });

    it("orders, finds and converts NaN and Infinity as documented", async () => {
      const backend = await makeBackend();
      withBackend(backend, () => {
        const x = tensor([2, NaN, -Infinity, NaN, Infinity]);
        expect(Array.from(x.argsort({ axis: 0 }).toTypedArray())).toEqual([2, 0, 4, 1, 3]);
        expect(Array.from(x.argsort({ axis: 0, descending: true }).toTypedArray())).toEqual([4, 0, 2, 1, 3]);
        expect([x.argmax({ axis: 0 }).item(), x.argmin({ axis: 0 }).item()]).toEqual([1, 1]);
        expect(Array.from(x.cast("int32").toTypedArray())).toEqual([2, 0, 0, 0, 0]);
        expect(Array.from(x.cast("bool").toTypedArray())).toEqual([1, 1, 1, 1, 1]);
        expect(Array.from(x.equal(x).toTypedArray())).toEqual([1, 0, 1, 0, 1]);
        expect(Array.from(x.sign().toTypedArray())).toEqual([1, NaN, -1, NaN, 1]);
        expect(Array.from(tensor([1000, 0, -Infinity]).softmax().toTypedArray())).toEqual([1, 0, 0]);
        expect(tensor([1e30, 1, -1e30]).mul(1e30).logSumExp().item()).toBe(Infinity);
      });
    });

    it("goes to the infinities and to NaN where IEEE 754 does", async () => {
      const backend = await makeBackend();
      withBackend(backend, () => {
        const x = tensor([0, -0, 1, -1, 3e38]);
        expect([...x.log().toTypedArray()]).toEqual([-Infinity, -Infinity, 0, NaN, Math.fround(Math.log(Math.fround(3e38)))]);
        expect([...x.sqrt().slice({ axis: 0, stop: 4 }).toTypedArray()]).toEqual([0, -0, 1, NaN]);
        expect([...tensor([1, -1, 0]).div(0).toTypedArray()]).toEqual([Infinity, -Infinity, NaN]);
        expect([...x.mul(10).slice({ axis: 0, start: 4 }).toTypedArray()]).toEqual([Infinity]);
        expect([...tensor([88.8, -104, 89, -1000]).exp().toTypedArray()]).toEqual([Infinity, 0, Infinity, 0]);
        expect([...tensor([-1, -2]).log1p().toTypedArray()]).toEqual([-Infinity, NaN]);
        expect(zeros([0]).mean().item()).toBeNaN();
        expect([zeros([0]).sum().item(), zeros([0]).prod().item(), zeros([0]).logSumExp().item()]).toEqual([0, 1, -Infinity]);
      });
    });

    it("sums a million numbers as exactly as pairwise summation", async () => {
      const backend = await makeBackend();
      withBackend(backend, () => {
        const x = full([1000, 1000], 0.1);
        const exact = 1e6 * Math.fround(0.1);
        expect(Math.abs(x.sum().item() / exact - 1)).toBeLessThan(1e-6);
        for (const axes of [0, 1])
          expect(allClose(x.sum({ axes }), full([1000], exact / 1000), { relative: 1e-6 }).close).toBe(true);
        expect(Math.abs(x.reshape([-1]).mean().item() / Math.fround(0.1) - 1)).toBeLessThan(1e-6);
        expect(Math.abs(x.reshape([-1]).cumsum({ axis: 0 }).slice({ axis: 0, start: -1 }).item() / exact - 1)).toBeLessThan(1e-5);
      });
    });

    it("frees what a scope made, its views with it, and says so", async () => {
      const backend = await makeBackend();
      withBackend(backend, () => {
        let freed: readonly Tensor[] = [];
        const kept = scope(() => {
          const x = tensor([1, 2, 3, 4]);
          freed = [x, x.reshape([2, 2]), x.slice({ axis: 0, stop: 1 })];
          return x.add(1);
        });
        expect([...kept.toTypedArray()]).toEqual([2, 3, 4, 5]);
        for (const x of freed) {
          for (const use of [() => x.add(1), () => x.toTypedArray(), () => x.sum()])
            expect(use).toThrow(/used after it was freed/);
        }
      });
    });

    it("refuses an index outside", async () => {
      const backend = await makeBackend();
      withBackend(backend, () => {
        expect(() => zeros([3, 2]).take(tensor([3], { dtype: "int32" }), { axis: 0 })).toThrow(
          /indices must lie in -3\.\.2, got 3/,
        );
        const x = zeros([2, 3]);
        const bad = tensor([0, -4], { dtype: "int32" });
        const rows = tensor([[0], [-4]], { dtype: "int32" });
        const got = (name: string): string => `${name}: indices must lie in -3..2, got -4`;
        expect(() => x.take(bad, { axis: 1 })).toThrow(got("take"));
        expect(() => x.greater(0).take(bad, { axis: 1 })).toThrow(got("take"));
        expect(() => x.scatterAdd(bad, zeros([2, 2]), { axis: 1 })).toThrow(got("scatterAdd"));
        expect(() => x.takeAlong(rows, { axis: 1 })).toThrow(got("takeAlong"));
        expect(() => x.scatterAddAlong(rows, zeros([2, 1]), { axis: 1 })).toThrow(got("scatterAddAlong"));
      });
    });
  });
}
