import { expect, it } from "vitest";

import { numberOption } from "./number-option.js";

it("reads a number within its limits", () => {
  expect(numberOption({ minimum: 1, maximum: 10, whole: true })(" 10 ")).toBe(10);
  expect(numberOption({ above: 0 })("1e-3")).toBe(0.001);
});

it.each([
  [{ minimum: 1, whole: true }, "0", "It must be a whole number of at least 1."],
  [{ minimum: 1, maximum: 65_536, whole: true }, "1e9", "It must be a whole number of at least 1 and at most 65,536."],
  [{ above: 0 }, "0", "It must be a number above 0."],
  [{ whole: true }, "1e300", "It must be a whole number."],
  [{}, "", "It must be a number."],
])("with %o refuses %j", (limits, text, message) => {
  expect(() => numberOption(limits)(text)).toThrow(message);
});
