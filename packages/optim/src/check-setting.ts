import { OptimizerError } from "./error.js";

/** @throws OptimizerError `option`, which says the rule and what was got, unless it holds. */
export function check(holds: boolean, rule: string, got: unknown): void {
  if (!holds) throw new OptimizerError("option", `${rule}, got ${String(got)}`);
}

/** @throws OptimizerError `option` unless `count` is a positive integer. */
export function checkCount(setting: string, count: number): void {
  check(Number.isInteger(count) && count >= 1, `${setting} must be a positive integer`, count);
}

/** @throws OptimizerError `option` unless `value` is a finite number of at least 0. */
export function checkAmount(setting: string, value: unknown): void {
  check(isAmount(value), `${setting} must be at least 0 and finite`, value);
}

/** @throws OptimizerError `option` unless `value` is a share of what is kept: at least 0 and below 1. */
export function checkShare(setting: string, value: number): void {
  check(value >= 0 && value < 1, `${setting} must be at least 0 and below 1`, value);
}

/** Whether a value is a finite number of at least 0. */
export function isAmount(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}
