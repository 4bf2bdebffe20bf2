import { fail } from "../error.js";

/** Throws `unknown-character` for a character by its place in the text, in characters. */
export function failUnknownCharacter(character: string, position: number, size: number): never {
  const codes = Array.from(character, (point) => {
    const code = point.codePointAt(0) as number;
    return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  });
  fail(
    "unknown-character",
    `encode: every character must be one of the ${size} of the vocabulary, got ${JSON.stringify(character)} (${codes.join(" ")}) at position ${position}; leave it out, replace it, or build the vocabulary from a text that has it`,
  );
}
