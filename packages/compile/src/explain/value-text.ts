import type { Phase, Place } from "../plan/plan.js";
import type { Argument, Matrix, Row } from "../rows/row.js";
import type { Node } from "../trace/graph.js";

/** When an operation runs. */
export const phaseNames: Readonly<Record<Phase, string>> = {
  before: "before the loop, for all steps at once",
  loop: "for each step",
  after: "after the loop, for all steps at once",
};

/** How a value is referred to; copies, which planning adds, have numbers of their own. */
export function rowName(row: Row): string {
  if (row.kind === "leaf") return `${row.leaf.kind} ${row.leaf.name}`;
  if (row.kind === "slice") return `${rowName(row.of)}[${row.offset}..${row.offset + row.width}]`;
  if (row.kind === "concat") return `[${row.parts.map(rowName).join(", ")}]`;
  return row.id < 0 ? `c${-row.id}` : `r${row.id}`;
}

/** What a value is computed from. */
export function rowText(row: Row): string {
  if (row.kind === "product") return `${rowName(row.left)} x ${matrixText(row.right)}`;
  if (row.kind === "kernel") return `${row.name}(${rowName(row.of)})`;
  if (row.kind === "element") return `${row.operation}(${row.args.map((arg) => argumentText(arg, rowName)).join(", ")})`;
  return rowName(row);
}

/** What an element-wise operation reads; `nameOf` says how rows are referred to. */
export function argumentText(arg: Argument, nameOf: (row: Row) => string): string {
  if (arg.kind === "literal") return `${arg.value}`;
  if (arg.kind === "vector") return `${nodeText(arg.node)}[${arg.offset}..${arg.offset + arg.width}]`;
  return nameOf(arg);
}

/** Where a value lies. */
export function placeText({ buffer, offset, shift }: Place, width: number): string {
  const step = buffer.extent === "one" ? "" : shift === 0 ? "(t)" : `(t+${shift})`;
  const part = offset === 0 && width === buffer.width ? "" : `[${offset}..${offset + width}]`;
  return `${buffer.name}${step}${part}`;
}

/** The right side of a product. */
export function matrixText({ node, firstRow, rows, firstColumn, columns }: Matrix): string {
  const [all, wide] = node.shape;
  const cut =
    rows === all && columns === wide ? "" : `[${firstRow}..${firstRow + rows}, ${firstColumn}..${firstColumn + columns}]`;
  return `${nodeText(node)}${cut}`;
}

function nodeText(node: Node): string {
  if (node.leaf !== undefined) return node.leaf.name;
  if (node.operation === "constant") return `constant ${node.literal ?? "tensor"}`;
  return `${node.operation}(${node.inputs.map(nodeText).join(", ")})`;
}
