/** The first part of a text that can be shown and typed: without line ends, other control characters and joiners; undefined where there is none. */
export function suggestedPrompt(text: string): string | undefined {
  return text
    .split(/[\p{C}\p{Zl}\p{Zp}]+/u)
    .map((part) => part.trim())
    .find((part) => part !== "");
}
