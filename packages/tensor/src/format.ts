import type { DType, TypedArray } from "./dtype.js";
import { formatShape, rowMajorStrides, sizeOf, type Shape } from "./shape.js";

const edgeItems = 3;
const threshold = 200;
const lineWidth = 75;

/**
 * Nested brackets as NumPy prints them: columns aligned, long rows wrapped. Past 200 elements, axes are shortened to three
 * elements at either end, and further, the outermost first, until at most 200 are left.
 */
export function formatTensor(data: TypedArray, shape: Shape, dtype: DType): string {
  const prefix = "Tensor(";
  const suffix = `, shape=${formatShape(shape)}, dtype=${dtype})`;
  if (data.length === 0) return `${prefix}[]${suffix}`;
  const rank = shape.length;
  const strides = rowMajorStrides(shape);
  const picks = shownPositions(shape);
  const texts = new Map<number, string>();
  const collect = (axis: number, offset: number): void => {
    if (axis === rank) texts.set(offset, formatElement(data[offset] as number, dtype));
    else for (const index of picks[axis] ?? []) if (index >= 0) collect(axis + 1, offset + index * (strides[axis] as number));
  };
  collect(0, 0);
  const width = rank === 0 ? 0 : Math.max(...[...texts.values()].map((text) => text.length));
  const print = (axis: number, offset: number): string => {
    if (axis === rank) return (texts.get(offset) as string).padStart(width);
    const items = (picks[axis] ?? []).map((index) =>
      index < 0 ? "..." : print(axis + 1, offset + index * (strides[axis] as number)),
    );
    const indent = " ".repeat(prefix.length + axis + 1);
    return `[${axis === rank - 1 ? wrap(items, indent) : items.join(`,${"\n".repeat(rank - 1 - axis)}${indent}`)}]`;
  };
  return prefix + print(0, 0) + suffix;
}

function formatElement(value: number, dtype: DType): string {
  if (dtype === "bool") return value === 0 ? "false" : "true";
  if (dtype === "int32" || !Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1e16) return Number(value.toPrecision(6)).toExponential();
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

// The positions to print along each axis; -1 stands for those left out.
function shownPositions(shape: Shape): number[][] {
  const shown = [...shape];
  for (const most of [2 * edgeItems, 4, 2, 1]) {
    for (let axis = 0; axis < shown.length && sizeOf(shown) > threshold; axis++) {
      shown[axis] = Math.min(shown[axis] as number, most);
    }
  }
  return shape.map((length, axis) => {
    const kept = shown[axis] as number;
    const head = kept === length ? length : Math.ceil(kept / 2);
    const positions = Array.from({ length: kept }, (_, index) => (index < head ? index : index + length - kept));
    if (kept < length) positions.splice(head, 0, -1);
    return positions;
  });
}

// Items on lines of at most `lineWidth` characters.
function wrap(items: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const [index, item] of items.entries()) {
    const piece = index === items.length - 1 ? item : `${item},`;
    if (line !== "" && indent.length + line.length + 1 + piece.length > lineWidth) {
      lines.push(line);
      line = piece;
    } else {
      line += line === "" ? piece : ` ${piece}`;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}
