import { checkWord } from "../checks/check-word.js";
import { fail } from "../error.js";

/**
 * What the cells of a column are: `number`; `boolean`, read as 1 (true, yes, t, y, 1) and 0 (false, no, f, n, 0);
 * `category`, any text, numbered in the order in which they first occur; or the categories that may occur, in the order of
 * their numbers.
 */
export type ColumnType = "number" | "boolean" | "category" | readonly string[];

/** Reads the cells of one column, one after another. */
export interface ColumnReader {
  /** Takes a cell; false where it is not of the type. */
  push(cell: unknown): boolean;
  /** Whether a value was read, not only missing ones. */
  readonly begun: boolean;
  /** What a cell must be, in words. */
  readonly rule: string;
  /** The categories by number, where the type has some. */
  readonly categories: readonly string[] | undefined;
  finish(): Float64Array;
}

/** A reader for a type of column. @param missing - texts that mean a missing value. */
export function columnReader(type: ColumnType, missing: ReadonlySet<string>): ColumnReader {
  if (typeof type === "string") checkWord("columns", "type", type, ["number", "boolean", "category"]);
  const values = growingArray();
  const categories = typeof type === "string" ? [] : [...type];
  const codes = new Map(categories.map((category, code) => [category, code]));
  if (codes.size !== categories.length) fail("option", `columns: categories must differ, got ${categories.join(", ")}`);
  const read = (cell: unknown): number | undefined => {
    if (type === "number") return numberOf(cell);
    if (type === "boolean") return booleanOf(cell);
    const text =
      typeof cell === "string" ? cell.trim() : typeof cell === "number" || typeof cell === "boolean" ? String(cell) : undefined;
    if (text === undefined) return undefined;
    if (type === "category" && !codes.has(text)) codes.set(text, categories.push(text) - 1);
    return codes.get(text);
  };
  let begun = false;
  return {
    push(cell) {
      const value = isMissing(cell, missing) ? NaN : read(cell);
      if (value === undefined) return false;
      begun ||= !Number.isNaN(value);
      values.push(value);
      return true;
    },
    get begun() {
      return begun;
    },
    rule:
      typeof type === "string" ? { number: "numeric", boolean: "boolean", category: "text" }[type] : `one of ${type.join(", ")}`,
    categories: type === "number" || type === "boolean" ? undefined : categories,
    finish: () => values.finish(),
  };
}

function isMissing(cell: unknown, missing: ReadonlySet<string>): boolean {
  if (cell === null || cell === undefined) return true;
  return typeof cell === "string" ? missing.has(cell.trim()) : Number.isNaN(cell);
}

// `Number` also reads 0x10, 0b1 and 0o7, which are codes rather than quantities in a table.
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

function numberOf(cell: unknown): number | undefined {
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean") return Number(cell);
  if (typeof cell !== "string") return undefined;
  const text = cell.trim();
  return decimal.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

function booleanOf(cell: unknown): number | undefined {
  const text = typeof cell === "string" || typeof cell === "number" || typeof cell === "boolean" ? String(cell).trim() : "";
  if (/^(true|yes|t|y|1)$/i.test(text)) return 1;
  return /^(false|no|f|n|0)$/i.test(text) ? 0 : undefined;
}

interface GrowingArray {
  push(value: number): void;
  finish(): Float64Array;
}

/** Numbers as they come, without a box for each. */
export function growingArray(): GrowingArray {
  let data = new Float64Array(1024);
  let length = 0;
  return {
    push(value) {
      if (length === data.length) {
        const larger = new Float64Array(2 * length);
        larger.set(data);
        data = larger;
      }
      data[length++] = value;
    },
    finish: () => data.slice(0, length),
  };
}
