import { expect, it } from "vitest";

import { constant } from "@unroll/nn";

import { CellError, defineCell, unroll } from "./index.js";

const step = (_weights: unknown, _x: unknown, { h }: { h: unknown }): unknown => ({ output: h, state: { h } });
const whole = { name: "mine", state: ["h"], step };
const sizes = { inputSize: 3, hiddenSize: 4 };

it.each([
  [{ name: undefined }, "defineCell: name of none must be a string, got none"],
  [{ state: "h" }, 'defineCell: state of "mine" must be a list of different names, such as ["h"], got "h"'],
  [{ state: ["h", "h"] }, 'defineCell: state of "mine" must be a list of different names'],
  [{ state: [1] }, 'defineCell: state of "mine" must be a list of different names'],
  [{ step: undefined }, 'defineCell: step of "mine" must be a function, got none'],
  [{ outputSize: 4 }, 'defineCell: outputSize of "mine" must be a function of the sizes, got 4'],
  [{ stateSizes: { h: 4 } }, 'defineCell: stateSizes of "mine" must be a function of the sizes, got an object'],
  [{ parameters: { q: {} } }, 'defineCell: parameters of "mine" must be a function of the sizes, got an object'],
])("defineCell refuses %j", (change, message) => {
  const define = (): unknown => defineCell({ ...whole, ...change } as never);
  expect(define).toThrow(CellError);
  expect(define).toThrow(message);
});

it.each([
  [
    { shape: [4] },
    "defineCell: parameter q of mine needs a shape [...] and an initializer such as constant(0), got an array and none",
  ],
  [
    { shape: 4, initializer: constant(0) },
    "defineCell: parameter q of mine needs a shape [...] and an initializer such as constant(0), got 4 and a function",
  ],
])("a layer refuses a parameter %j", (spec, message) => {
  const cell = defineCell({ ...whole, parameters: () => ({ q: spec }) } as never);
  expect(() => unroll(cell, sizes)).toThrow(message);
});
