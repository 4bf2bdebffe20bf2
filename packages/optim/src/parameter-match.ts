/**
 * Picks parameters by name: a string takes the parameter of that name and everything below it (`"rnn"` takes
 * `rnn.weight_ih_l0`), a regular expression takes every name it is found in, a function decides.
 */
export type ParameterMatch = string | RegExp | ((name: string) => boolean);

/** Whether a parameter name is picked. */
export function matchesParameter(match: ParameterMatch, name: string): boolean {
  if (typeof match === "string") return name === match || name.startsWith(`${match}.`);
  return typeof match === "function" ? match(name) : name.search(match) !== -1;
}
