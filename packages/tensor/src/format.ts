import type { DenseTensor } from "./dense.js";
import { isFloat } from "./dtype.js";
import { formatFloats } from "./format-floats.js";
import { formatShape, sizeOf, type Shape } from "./shape.js";

const edgeItems = 3;
const threshold = 200;
const lineWidth = 75;

/**
 * Nested brackets as NumPy prints them: columns aligned, long rows wrapped. Past 200 elements (NumPy: 1000), axes are shortened
 * to three elements at either end, and further, the outermost first, until at most 200 are left.
 */
export function formatTensor({ storage, offset: start, shape, strides, dtype }: DenseTensor): string {
  const { data } = storage;
  const prefix = "Tensor(";
  const suffix = `, shape=${formatShape(shape)}, dtype=${dtype})`;
  if (sizeOf(shape) === 0) return `${prefix}[]${suffix}`;
  const rank = shape.length;
  const picks = shownPositions(shape);
  const elements: number[] = [];
  const collect = (axis: number, offset: number): void => {
    if (axis === rank) elements.push(data[offset] as number);
    else for (const index of picks[axis] ?? []) if (index >= 0) collect(axis + 1, offset + index * (strides[axis] as number));
  };
  collect(0, start);
  const texts = isFloat(dtype)
    ? formatFloats(elements, { single: dtype === "float32" })
    : elements.map((value) => (dtype === "bool" ? String(value !== 0) : String(value)));
  const width = rank === 0 ? 0 : Math.max(...texts.map((text) => text.length));
  let printed = 0;
  const print = (axis: number): string => {
    if (axis === rank) return (texts[printed++] as string).padStart(width);
    const items = (picks[axis] ?? []).map((index) => (index < 0 ? "..." : print(axis + 1)));
    const indent = " ".repeat(prefix.length + axis + 1);
    return `[${axis === rank - 1 ? wrap(items, indent, lineWidth - rank) : items.join(`,${"\n".repeat(rank - 1 - axis)}${indent}`)}]`;
  };
  return prefix + print(0) + suffix;
}

// The positions to print along each axis; -1 stands for those left out.
function shownPositions(shape: Shape): number[][] {
  const shown = sizeOf(shape) > threshold ? shape.map((length) => Math.min(length, 2 * edgeItems)) : [...shape];
  for (const most of [4, 2, 1]) {
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

// Items on lines of at most `width` characters, their comma or bracket not counted.
function wrap(items: readonly string[], indent: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const [index, item] of items.entries()) {
    const piece = index === items.length - 1 ? item : `${item},`;
    if (line !== "" && indent.length + line.length + 1 + item.length > width) {
      lines.push(line);
      line = piece;
    } else {
      line += line === "" ? piece : ` ${piece}`;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}
