import { fail } from "../error.js";
import { showValue } from "./show-value.js";

/** Throws `option`: what was given under a name is not what it must be. */
export function refuse(operation: string, name: string, rule: string, got: unknown): never {
  fail("option", `${operation}: ${name} must be ${rule}, got ${showValue(got)}`);
}
