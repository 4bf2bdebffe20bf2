import { fail } from "./error.js";

/** @throws ModuleError `option` unless every size is an integer >= 1. */
export function checkSizes(operation: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) fail("option", `${operation}: ${name} must be an integer >= 1, got ${size}`);
  }
}

/** @throws ModuleError `option` unless the word is among those that are known. */
export function checkWord(operation: string, name: string, word: string, known: readonly string[]): void {
  if (!known.includes(word)) fail("option", `${operation}: ${name} must be one of ${known.join(", ")}, got ${word}`);
}

/** @throws ModuleError `option` unless the rate is a number and 0 <= rate < 1. */
export function checkRate(operation: string, name: string, rate: number): void {
  if (!(Number.isFinite(rate) && rate >= 0 && rate < 1)) {
    fail("option", `${operation}: ${name} must be a number in [0, 1), got ${typeof rate === "number" ? rate : typeof rate}`);
  }
}
