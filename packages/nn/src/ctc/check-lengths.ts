import { fail } from "../error.js";

/** The given lengths, or `longest` for each row. @throws ModuleError `lengths` unless there is a whole one in 0..longest per row. */
export function lengthsOf(
  operation: string,
  name: string,
  { given, rows, longest }: { readonly given: Int32Array | undefined; readonly rows: number; readonly longest: number },
): Int32Array {
  const lengths = given ?? new Int32Array(rows).fill(longest);
  if (lengths.length !== rows || lengths.some((length) => !Number.isInteger(length) || length < 0 || length > longest)) {
    const got = `[${Array.from(lengths.slice(0, 8)).join(", ")}]`;
    fail("lengths", `${operation}: ${name} must hold one whole length in 0..${longest} for each of ${rows} rows, got ${got}`);
  }
  return lengths;
}
