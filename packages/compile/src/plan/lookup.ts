import type { Row } from "../rows/row.js";
import { endsOf, readsOf, writtenBy } from "./list-operations.js";
import type { Buffer, Operation, Phase, ScanPlan, TotalOperation } from "./plan.js";

// An input of every step may consist of rows of a table, most of them many times. What a forward loop does to it alone is then done to the
// table, and looked up; on the way back the gradients of equal rows are added up first.

/** What a forward loop computes from one input alone, before it begins; undefined where it computes other things there as well. */
export function forwardFromTable(plan: ScanPlan, input: Buffer): ReadonlySet<Buffer> | undefined {
  const before = operationsOf(plan, "before");
  const written = writtenBy(before);
  const alone = before
    .flatMap((operation) => readsOf(operation, plan))
    .every(({ buffer }) => buffer === input || written.has(buffer));
  return before.length > 0 && alone ? written : undefined;
}

/** What a backward loop has to add up by rows of the table, to go on with the table in place of the input. */
export interface BackwardToTable {
  /** Gradients that the gradient of the input, and the totals with it, are made of. */
  readonly gradients: ReadonlySet<Buffer>;
  /** The gradient of the input; undefined where it is not wanted. */
  readonly result: Buffer | undefined;
  /** Totals with the input on one side. */
  readonly totals: readonly TotalOperation[];
}

/** A backward loop, and the gradients that it gives for every step, by name. */
interface LoopGradients {
  readonly plan: ScanPlan;
  readonly steps: Readonly<Record<string, Row | undefined>>;
  readonly watched: Readonly<Record<string, Row | undefined>>;
}

/**
 * See {@link BackwardToTable}; undefined where what comes after the loop is not linear, or gives other things as well.
 *
 * @param step - the name of the input.
 */
export function backwardToTable(
  { plan, steps, watched }: LoopGradients,
  input: Buffer,
  step: string,
): BackwardToTable | undefined {
  const after = operationsOf(plan, "after");
  const written = writtenBy(after);
  const { [step]: gradient, ...otherSteps } = steps;
  const place = gradient && plan.placeOf(gradient);
  const result = place?.buffer;
  const whole = result === undefined || (written.has(result) && place?.offset === 0 && result.width === gradient?.width);
  const totals = plan.totals.filter((total) => endsOf(total).some(({ buffer }) => buffer === input));
  const ends = plan.totals.filter((total) => !totals.includes(total)).flatMap(endsOf);
  const others = [...Object.values(otherSteps), ...Object.values(watched)].flatMap((row) =>
    row === undefined ? [] : plan.placeOf(row),
  );
  const read = [...others, ...ends, ...plan.carried].map(({ buffer }) => buffer);
  const inLoop = writtenBy(plan.operations.filter(({ phase }) => phase !== "after"));
  const alone = [...read, ...inLoop].every((buffer) => !written.has(buffer));
  const beside = totals.flatMap(endsOf).filter(({ buffer }) => buffer !== input);
  const sources = [...after.flatMap((operation) => readsOf(operation, plan)), ...beside].filter(
    ({ buffer }) => !written.has(buffer),
  );
  const fit = sources.every(({ buffer, shift }) => inLoop.has(buffer) && shift === 0) && beside.length === totals.length;
  if (!whole || !alone || !fit || !after.every(isLinear)) return undefined;
  return { gradients: new Set(sources.map(({ buffer }) => buffer)), result, totals };
}

function operationsOf({ operations }: ScanPlan, phase: Phase): Operation[] {
  return operations.filter((operation) => operation.phase === phase);
}

const linear: ReadonlySet<string> = new Set(["add", "sub", "neg", "copy"]);

function isLinear(operation: Operation): boolean {
  if (operation.kind !== "pass") return operation.kind === "product";
  return operation.rows.every(({ operation: name, args, truth }) => {
    const fixed = args.filter(({ kind }) => kind === "vector" || kind === "literal").length;
    return !truth && (name === "mul" ? fixed === 1 : linear.has(name) && fixed === 0);
  });
}
