import { refuse } from "./refuse.js";

/** Throws `option` naming the allowed words unless a value is one of them. */
export function checkWord<W extends string>(operation: string, name: string, value: W, words: readonly NoInfer<W>[]): void {
  if (words.includes(value)) return;
  const listed = words.map((word) => JSON.stringify(word));
  refuse(operation, name, `${listed.slice(0, -1).join(", ")} or ${listed.at(-1)}`, value);
}
