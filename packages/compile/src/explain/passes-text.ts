import type { PassOperation, Phase, ScanPlan } from "../plan/plan.js";
import type { BackwardPlan, StepPlans } from "../plan/plan-step.js";
import type { Row } from "../rows/row.js";
import { phaseNames, placeText, rowName, rowText } from "./value-text.js";

/** The values of a loop, and what each pass that planned it found and left, in the order of the passes. */
export function passesText(plan: ScanPlan): string[] {
  const { passes, operations, totals } = plan;
  const rows = passes.phases.map(([row]) => row).filter(isComputed);
  const inPhases = (Object.keys(phaseNames) as readonly Phase[]).map((phase) => {
    const own = passes.phases.filter(([row, when]) => when === phase && isComputed(row)).map(([row]) => row);
    return named(phaseNames[phase], own);
  });
  const fused = operations.filter((operation): operation is PassOperation => operation.kind === "pass");
  const moved = [...passes.moved];
  return [
    ...section("values, in one normal form", {
      "": rows.map((row) => `${rowName(row)} [${row.width}] = ${rowText(row)}`),
    }),
    ...section("hoisting: what the state has no part in leaves the loop", {
      before: [named(phaseNames.loop, rows)],
      after: inPhases,
    }),
    ...section("merging: products that share their left side become one", {
      before: [names(rows.filter(({ kind }) => kind === "product"))],
      after: passes.groups.map(
        (group) => `${names(group, " + ")}, of ${[...new Set(group.map(({ left }) => rowName(left)))].join()}`,
      ),
    }),
    ...section("fusing: element-wise operations of one width become a pass", {
      before: [names(rows.filter(({ kind }) => kind === "element"))],
      after: fused.map(({ phase, width, rows: own }) => `${phaseNames[phase]}, ${width} columns: ${names(own)}`),
    }),
    ...section("summing: what is added up over time becomes one operation after the loop", {
      before: totals.map(({ node }) => `${phaseNames.loop}: n${node.id} = n${node.id} + ${node.operation}(…)`),
      after: totals.map(
        ({ kind, node }) => `n${node.id}, ${kind === "outer" ? "one product over all steps" : "sums of columns over all steps"}`,
      ),
    }),
    ...section("reusing: activations take the place of the products they come from", {
      before: moved.map(([row, place]) => `${rowName(row)} in ${placeText(place, row.width)}`),
      after: moved.map(([row]) => `${rowName(row)} in ${placeText(plan.placeOf(row), row.width)}`),
    }),
  ];
}

/** What the forward loop leaves for the backward one. */
export function savingText({ training }: StepPlans): string[] {
  const { read, saved } = training.choice;
  const states = new Set(training.forward.plan.carried.map(({ next }) => next));
  const rest = [...read].filter((row) => isComputed(row) && !saved.has(row));
  return section("saving: what the backward loop reads of the forward one", {
    before: [names([...read].filter(isComputed))],
    after: [
      named("kept", [...saved]),
      named(
        "there as states",
        rest.filter((row) => states.has(row)),
      ),
      named(
        "computed again",
        rest.filter((row) => !states.has(row)),
      ),
    ],
  });
}

/** Which gradients take the place of activations. */
export function overwritingText(over: BackwardPlan["over"]): string[] {
  const pairs = [...over];
  return section("overwriting: gradients take the place of the activations they come from, unless the graph is retained", {
    before: pairs.map(([gradients, activations]) => `${gradients.name} beside ${activations.name}`),
    after: pairs.map(([gradients, activations]) => `${gradients.name} over ${activations.name}`),
  });
}

function section(title: string, parts: Readonly<Record<string, readonly string[]>>): string[] {
  const lines = Object.entries(parts).flatMap(([part, found]) =>
    found
      .filter((line) => line !== "")
      .map((line, index) => `    ${(index === 0 ? part : "").padEnd(part === "" ? 0 : 8)}${line}`),
  );
  return lines.length === 0 ? [] : [`  ${title}`, ...lines];
}

function named(what: string, rows: readonly Row[]): string {
  return rows.length === 0 ? "" : `${what}: ${names(rows)}`;
}

function names(rows: readonly Row[], between = ", "): string {
  return rows.map(rowName).join(between);
}

// Inputs, and columns of what is there, are nothing to compute.
function isComputed({ kind }: Row): boolean {
  return kind !== "leaf" && kind !== "slice" && kind !== "concat";
}
