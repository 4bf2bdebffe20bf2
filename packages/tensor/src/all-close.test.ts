import { describe, expect, it } from "vitest";

import { allClose, tensor, zeros } from "./index.js";

const matrix = tensor([
  [1, 2],
  [3, 400],
]);

describe("allClose", () => {
  it("agrees within the tolerance", () => {
    expect(allClose(matrix, matrix.mul(1 + 1e-6))).toEqual({
      close: true,
      mismatches: 0,
      worst: undefined,
      message: "all 4 elements agree",
    });
    expect(allClose(zeros([0]), zeros([0])).close).toBe(true);
  });

  it("names the element that exceeds its own tolerance most", () => {
    const { close, mismatches, worst, message } = allClose(
      matrix,
      tensor([
        [1, 2.5],
        [3, 401],
      ]),
      { relative: 0.001, absolute: 0 },
    );
    expect([close, mismatches]).toEqual([false, 2]);
    expect(worst).toEqual({ position: [0, 1], actual: 2, expected: 2.5, difference: 0.5, allowed: 0.0025 });
    expect(message).toBe("2 of 4 elements differ; worst at [0, 1]: got 2, expected 2.5, allowed 0.0025");
  });

  it("puts NaN and infinities first, and lets infinities agree with their equals", () => {
    const x = tensor([NaN, Infinity, -Infinity, 5]);
    expect(allClose(x, x).worst?.position).toEqual([0]);
    expect(allClose(x, x, { equalNaN: true }).close).toBe(true);
    expect(allClose(tensor([Infinity]), tensor([-Infinity])).close).toBe(false);
    expect(allClose(tensor([9, 1]), tensor([1, Infinity])).worst?.position).toEqual([1]);
    const exact = { relative: 0, absolute: 0 };
    expect(allClose(tensor([1, 5]), tensor([0, 0]), exact).worst?.position).toEqual([1]);
    expect(allClose(tensor([1, NaN]), tensor([0, 0]), exact).worst?.position).toEqual([1]);
  });

  it("refuses other shapes", () => {
    expect(() => allClose(zeros([2]), zeros([2, 1]))).toThrow("allClose: shapes must agree, got [2] and [2, 1]");
  });
});
