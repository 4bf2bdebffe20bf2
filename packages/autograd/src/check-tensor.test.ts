import { tensor, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  AutogradError,
  backward,
  checkpoint,
  customVjp,
  grad,
  hvp,
  jacobian,
  onGradient,
  stopGradient,
  Tape,
  valueAndGrad,
  vjp,
} from "./index.js";

const x = tensor([1, 2, 3]);
const wrong: [string, unknown, string, RegExp][] = [
  ["a promise", Promise.resolve(x.sum()), "asynchronous", /functions are synchronous and give tensors, got a promise/],
  ["a number", 5, "not-tensor", /needs a tensor, got number/],
  ["nothing", undefined, "not-tensor", /needs a tensor, got undefined/],
  ["an array", [x.sum()], "not-tensor", /needs a tensor, got array/],
];

function caught(run: () => unknown): AutogradError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(AutogradError);
    return error as AutogradError;
  }
  throw new Error("nothing was thrown");
}

describe.each(wrong)("a function that gives %s", (_, given, code, message) => {
  const fn = (): Tensor => given as Tensor;
  it.each([
    ["grad", () => grad(fn)(x)],
    ["valueAndGrad", () => valueAndGrad(fn)(x)],
    ["vjp", () => vjp(fn, x)],
    ["jacobian", () => jacobian(fn, x)],
    ["hvp", () => hvp(fn, x, x)],
    ["Tape.backward", () => new Tape().backward(fn())],
  ])("is refused by %s", (_, run) => {
    const error = caught(run);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it("is refused by customVjp", () => {
    if (Array.isArray(given)) return;
    expect(caught(() => customVjp(fn, (g) => [g], { name: "own" })(x)).code).toBe(code);
  });
});

it("refuses promises of checkpointed functions, and lets other results through", () => {
  const later = (): unknown =>
    grad((y: Tensor) => checkpoint((z: Tensor) => Promise.resolve(z.sum()))(y) as unknown as Tensor)(x);
  expect(caught(later).message).toMatch(/checkpoint: must end before it returns, got a promise/);
  expect(checkpoint((z: Tensor) => ({ loss: z.sum(), count: 3 }))(x).count).toBe(3);
});

it("refuses several elements, recorded or not, and gives zeros for a scalar that depends on nothing", () => {
  for (const fn of [(y: Tensor) => y.mul(2), () => tensor([1, 2, 3]), (y: Tensor) => y.greater(1)]) {
    expect(caught(() => grad(fn)(x)).code).toBe("not-scalar");
  }
  for (const fn of [() => tensor(1), (y: Tensor) => y.argmax({ axis: 0 }), (y: Tensor) => y.greater(1).cast("float32").sum()]) {
    expect(Array.from(grad(fn)(x).toTypedArray())).toEqual([0, 0, 0]);
  }
  expect(caught(() => vjp(() => tensor(1), x).pullback(x)).code).toBe("mismatch");
});

it("names the operation that was given no tensor", () => {
  const number = 5 as unknown as Tensor;
  expect(() => backward(number)).toThrow("backward: needs a tensor, got number");
  expect(() => stopGradient(number)).toThrow("stopGradient: needs a tensor, got number");
  expect(() => vjp((y) => y.mul(2), x).pullback(number)).toThrow("gradients: needs a tensor, got number");
  const hooked = (y: Tensor): Tensor => {
    const h = y.mul(2);
    onGradient(h, () => number);
    return h.sum();
  };
  expect(() => grad(hooked)(x)).toThrow("onGradient: needs a tensor, got number");
});
