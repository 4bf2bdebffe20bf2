import { fail } from "./error.js";

/** @throws ModuleError `option` unless every size is an integer >= 1. */
export function checkSizes(operation: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) fail("option", `${operation}: ${name} must be an integer >= 1, got ${size}`);
  }
}

/** @throws ModuleError `option` unless 0 <= rate < 1. */
export function checkRate(operation: string, name: string, rate: number): void {
  if (!(rate >= 0 && rate < 1)) fail("option", `${operation}: ${name} must lie in [0, 1), got ${rate}`);
}
