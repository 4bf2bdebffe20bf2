import { describe, expect, it } from "vitest";

import {
  currentBackend,
  referenceBackend,
  referenceKernels,
  setBackend,
  TensorError,
  withBackend,
  type Backend,
} from "./index.js";

describe("a backend without all kernels", () => {
  const { pow, cumsum, ...rest } = referenceKernels;
  const partial = { ...referenceBackend, name: "partial", kernels: rest } as unknown as Backend;

  it("is refused at its selection, by what it lacks", () => {
    const run = (): unknown => setBackend(partial);
    expect(run).toThrow("backend partial: needs a kernel for pow, cumsum; see referenceKernels");
    expect(run).toThrow(TensorError);
    const hollow = { ...referenceBackend, kernels: { ...referenceKernels, matmul: undefined } } as unknown as Backend;
    expect(() => setBackend(hollow)).toThrow("needs a kernel for matmul");
    expect(() => withBackend(partial, () => 1)).toThrow("partial: needs a kernel for pow, cumsum");
    expect(currentBackend()).toBe(referenceBackend);
  });

  it("is taken when it borrows them", () => {
    const whole: Backend = { ...partial, kernels: { ...rest, pow, cumsum } };
    expect(withBackend(whole, currentBackend)).toBe(whole);
  });
});
