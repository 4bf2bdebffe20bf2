import { InvalidArgumentError } from "commander";

/** Reads a number within limits from the command line. */
export function numberOption({
  minimum = -Infinity,
  above = -Infinity,
  maximum = Infinity,
  whole = false,
}: {
  readonly minimum?: number;
  readonly above?: number;
  readonly maximum?: number;
  readonly whole?: boolean;
}): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    const fits = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (fits && value >= minimum && value > above && value <= maximum) return value;
    const least = minimum > -Infinity ? ` of at least ${minimum}` : above > -Infinity ? ` above ${above}` : "";
    const most = maximum < Infinity ? ` and at most ${maximum.toLocaleString("en-US")}` : "";
    throw new InvalidArgumentError(`It must be a ${whole ? "whole " : ""}number${least}${most}.`);
  };
}
