import { refuse } from "./refuse.js";

/** Throws `option` unless a value is a whole number of at least `least`. */
export function checkCount(operation: string, name: string, value: number, least = 1): void {
  if (!Number.isInteger(value) || value < least) refuse(operation, name, `a whole number of at least ${least}`, value);
}
