import { fail } from "../error.js";
import { showValue } from "./show-value.js";

/** Throws `option` unless a value is a text. */
export function checkText(operation: string, text: unknown): void {
  if (typeof text === "string") return;
  const remedy = ArrayBuffer.isView(text) ? '; read the file as "utf8"' : "";
  fail("option", `${operation}: needs a text, got ${showValue(text)}${remedy}`);
}
