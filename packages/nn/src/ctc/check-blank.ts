import { fail } from "../error.js";

/** @throws ModuleError `option` unless the blank names one of `count` classes. */
export function checkBlank(operation: string, blank: number, count: number): void {
  if (Number.isInteger(blank) && blank >= 0 && blank < count) return;
  fail("option", `${operation}: blank must name a class in 0..${count - 1}, got ${blank}`);
}
