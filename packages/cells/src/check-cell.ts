import { CellError } from "./error.js";
import { isRecord } from "./is-record.js";
import { showValue } from "./show-value.js";

/** @throws CellError `option` unless the value is a cell; what makes one is to be called. */
export function checkCell(operation: string, value: unknown): void {
  if (isRecord(value) && Array.isArray(value["state"]) && typeof value["step"] === "function") return;
  const remedy = typeof value === "function" ? `call it: ${value.name}()` : "make one with defineCell";
  throw new CellError("option", `${operation}: needs a cell, got ${showValue(value)}; ${remedy}`);
}
