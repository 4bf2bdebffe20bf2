/**
 * The options of a function that cannot do without, as an object even where there are none, so that the check of the first
 * that is missing says which.
 */
export function given<O extends object>(options: O): O {
  return Object(options) as O;
}
