import { formatShape, Tensor } from "@unroll/tensor";

import { TrainingError } from "./error.js";

/** @throws TrainingError `option`, which says the rule, what was got and the remedy, unless the rule holds. */
export function check(holds: boolean, rule: string, got: unknown, remedy?: string): void {
  if (holds) return;
  throw new TrainingError("option", `${rule}, got ${describe(got)}${remedy === undefined ? "" : `; ${remedy}`}`);
}

/** @throws TrainingError `option` unless `count` is a positive integer. */
export function checkCount(option: string, count: unknown): void {
  check(Number.isInteger(count) && (count as number) >= 1, `${option} must be a positive integer`, count);
}

/** @throws TrainingError `option` unless `word` is one of those. */
export function checkWord(option: string, word: unknown, words: readonly string[]): void {
  check(words.includes(word as string), `${option} must be one of ${words.join(", ")}`, word);
}

/** A value in a few words, for a message. */
export function describe(value: unknown): string {
  if (Tensor.isTensor(value)) return `a tensor ${formatShape(value.shape)}`;
  if (value instanceof Promise) return "a promise";
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return `{ ${Object.keys(value).slice(0, 5).join(", ")} }`;
}
