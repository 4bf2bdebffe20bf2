import type { CompiledStep } from "./compiled-step.js";
import type { Operation, Place, ScanPlan } from "./plan/plan.js";
import { loadsOf } from "./plan/list-operations.js";
import type { Argument, ElementRow, Matrix, Row } from "./rows/row.js";
import type { Node } from "./trace/graph.js";

/**
 * A step in words: as it was traced, and the programs it became, with what runs before the loop over time, at each step and after it,
 * forward and backward.
 */
export function explain(step: CompiledStep): string {
  const { inference, training } = step.plans;
  return [
    `as traced, with its derivative; B is the batch\n${step.text.replace(/^/gm, "  ")}`,
    `forward, without a gradient\n${explainScan(inference.plan)}`,
    `forward\n${explainScan(training.forward.plan)}`,
    `backward\n${explainScan(training.backward.plan)}`,
  ].join("\n\n");
}

function explainScan(plan: ScanPlan): string {
  const lines: string[] = [];
  for (const { name, width, extent, extra } of plan.buffers) {
    const steps = { all: extra ? "T + 1" : "T", two: "2", one: "1", given: "T, given" }[extent];
    lines.push(`  memory  ${name} [${steps}, batch, ${width}]`);
  }
  for (const phase of ["before", "loop", "after"] as const) {
    const operations = plan.operations.filter((operation) => operation.phase === phase);
    if (operations.length === 0) continue;
    lines.push(phase === "loop" ? "  for each step" : `  ${phase} the loop, for all steps at once`);
    for (const operation of operations) lines.push(...explainOperation(plan, operation).map((line) => `    ${line}`));
  }
  if (plan.totals.length > 0) lines.push("  totals over all steps");
  for (const total of plan.totals) {
    lines.push(
      total.kind === "outer"
        ? `    n${total.node.id} = transpose(${placeText(total.a, total.rows)}) x ${placeText(total.b, total.columns)}`
        : `    n${total.node.id} = sum of rows of ${placeText(total.of, total.width)}`,
    );
  }
  return lines.join("\n");
}

function explainOperation(plan: ScanPlan, operation: Operation): string[] {
  if (operation.kind === "product") {
    const { out, columns, left, inner, rights } = operation;
    return [`${placeText(out, columns)} = ${placeText(left, inner)} x ${rights.map(matrixText).join(" | ")}`];
  }
  if (operation.kind === "kernel") {
    const { name, out, from, width } = operation;
    return [`${placeText(out, name.endsWith("oftmax") ? width : 1)} = ${name} of ${placeText(from, width)}`];
  }
  const own = new Map<Row, number>(operation.rows.map((row, index) => [row, index]));
  const argument = (arg: Argument): string => {
    if (arg.kind === "literal") return `${arg.value}`;
    if (arg.kind === "vector") return `${nodeText(arg.node)}[${arg.offset}..${arg.offset + arg.width}]`;
    const index = own.get(arg);
    return index === undefined ? placeText(plan.placeOf(arg), arg.width) : `v${index}`;
  };
  const line = (row: ElementRow, index: number): string => {
    const places = operation.stores.find((store) => store.row === row)?.places ?? [];
    const stored = places.length === 0 ? "" : ` -> ${places.map((place) => placeText(place, row.width)).join(", ")}`;
    return `  v${index} = ${row.operation}(${row.args.map(argument).join(", ")})${stored}`;
  };
  return [`one pass over ${operation.width} columns, reading ${loadsOf(operation).length} values`, ...operation.rows.map(line)];
}

function placeText({ buffer, offset, shift }: Place, width: number): string {
  const step = buffer.extent === "one" ? "" : shift === 0 ? "(t)" : `(t+${shift})`;
  const part = offset === 0 && width === buffer.width ? "" : `[${offset}..${offset + width}]`;
  return `${buffer.name}${step}${part}`;
}

function matrixText({ node, firstRow, rows, firstColumn, columns }: Matrix): string {
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
