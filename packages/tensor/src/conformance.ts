import { describe, expect, it } from "vitest";

import type { Backend } from "./backend.js";
import { cases } from "./conformance/cases.js";
import { expectClose } from "./conformance/expect-close.js";
import { operand, type MakeOperand } from "./conformance/operand.js";
import { properties } from "./conformance/properties.js";
import { withBackend } from "./context.js";
import { tensor, zeros } from "./create.js";
import { kernelNames } from "./primitives/table.js";
import { referenceBackend } from "./reference/backend.js";
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

    for (const { title, check } of properties) {
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

    it("refuses an index outside", async () => {
      const backend = await makeBackend();
      withBackend(backend, () => {
        expect(() => zeros([3, 2]).take(tensor([3], { dtype: "int32" }), { axis: 0 })).toThrow(
          /indices must lie in -3\.\.2, got 3/,
        );
      });
    });
  });
}
