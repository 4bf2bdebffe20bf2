import { loadsOf } from "../plan/list-operations.js";
import type { Operation, ScanPlan } from "../plan/plan.js";
import type { ElementRow, Row } from "../rows/row.js";
import { argumentText, matrixText, phaseNames, placeText, rowName } from "./value-text.js";

/** The program of a loop: its memory, and what runs before the loop, at each step and after it. */
export function programText(plan: ScanPlan): string[] {
  const lines: string[] = ["  program"];
  for (const { name, width, extent, extra } of plan.buffers) {
    const steps = { all: extra ? "T + 1" : "T", two: "2", one: "1", given: "T, given" }[extent];
    lines.push(`    memory  ${name} [${steps}, batch, ${width}]`);
  }
  for (const phase of ["before", "loop", "after"] as const) {
    const operations = plan.operations.filter((operation) => operation.phase === phase);
    if (operations.length === 0) continue;
    lines.push(
      `    ${phaseNames[phase]}`,
      ...operations.flatMap((operation) => operationText(plan, operation)).map((line) => `      ${line}`),
    );
  }
  if (plan.totals.length > 0) lines.push("    totals over all steps");
  for (const total of plan.totals) {
    lines.push(
      total.kind === "outer"
        ? `      n${total.node.id} = transpose(${placeText(total.a, total.rows)}) x ${placeText(total.b, total.columns)}`
        : `      n${total.node.id} = sum of rows of ${placeText(total.of, total.width)}`,
    );
  }
  return lines;
}

function operationText(plan: ScanPlan, operation: Operation): string[] {
  if (operation.kind === "product") {
    const { out, columns, left, inner, rights } = operation;
    return [`${placeText(out, columns)} = ${placeText(left, inner)} x ${rights.map(matrixText).join(" | ")}`];
  }
  if (operation.kind === "kernel") {
    const { name, out, from, width } = operation;
    return [`${placeText(out, name.endsWith("oftmax") ? width : 1)} = ${name} of ${placeText(from, width)}`];
  }
  const own = new Set<Row>(operation.rows);
  const nameOf = (row: Row): string => (own.has(row) ? rowName(row) : placeText(plan.placeOf(row), row.width));
  const line = (row: ElementRow): string => {
    const places = operation.stores.find((store) => store.row === row)?.places ?? [];
    const stored = places.length === 0 ? "" : ` -> ${places.map((place) => placeText(place, row.width)).join(", ")}`;
    const args = row.args.map((arg) => argumentText(arg, nameOf)).join(", ");
    return `  ${rowName(row)} = ${row.operation}(${args})${stored}`;
  };
  return [`one pass over ${operation.width} columns, reading ${loadsOf(operation).length} values`, ...operation.rows.map(line)];
}
