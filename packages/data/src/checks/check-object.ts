import { refuse } from "./refuse.js";

/** Throws `option` unless a value is an object. @param example - of what it must be. */
export function checkObject(operation: string, name: string, value: unknown, example: string): void {
  if (typeof value !== "object" || value === null) refuse(operation, name, `an object such as ${example}`, value);
}
