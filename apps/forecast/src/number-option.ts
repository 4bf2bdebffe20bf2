import { InvalidArgumentError } from "commander";

/** Reads a number within limits from the command line. */
export function numberOption({
  minimum = -Infinity,
  above = -Infinity,
  whole = false,
}: {
  readonly minimum?: number;
  readonly above?: number;
  readonly whole?: boolean;
}): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (Number.isFinite(value) && value >= minimum && value > above && (!whole || Number.isInteger(value))) return value;
    const limit = minimum > -Infinity ? ` of at least ${minimum}` : above > -Infinity ? ` above ${above}` : "";
    throw new InvalidArgumentError(`It must be a ${whole ? "whole " : ""}number${limit}.`);
  };
}
