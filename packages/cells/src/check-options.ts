import { CellError } from "./error.js";
import { showValue } from "./show-value.js";

/** The values that options may have; those that are not named may have any. */
export type Choices<T> = { readonly [K in keyof T]?: readonly T[K][] };

/** @throws CellError `option` unless each option that has choices is one of them or left out. */
export function oneOf<T extends object>(operation: string, options: T, choices: Choices<NoInfer<T>>): void {
  for (const [name, allowed] of Object.entries<readonly unknown[] | undefined>(choices)) {
    const value: unknown = options[name as keyof T];
    if (value === undefined || allowed?.includes(value)) continue;
    const all = allowed?.map(showValue).join(", ");
    throw new CellError("option", `${operation}: ${name} must be one of ${all}, got ${showValue(value)}`);
  }
}

/** @throws CellError `option` unless the value is an integer of at least `least`. */
export function checkCount(operation: string, name: string, value: unknown, least = 1): void {
  if (!Number.isInteger(value) || (value as number) < least)
    throw new CellError("option", `${operation}: ${name} must be an integer >= ${least}, got ${showValue(value)}`);
}

/** @throws CellError `option` unless each limit is a number above 0, of which Infinity limits nothing, or left out. */
export function checkLimits(operation: string, limits: Readonly<Record<string, unknown>>): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (limit === undefined || (typeof limit === "number" && limit > 0)) continue;
    throw new CellError("option", `${operation}: ${name} must be above 0, got ${showValue(limit)}; leave it out for no limit`);
  }
}
