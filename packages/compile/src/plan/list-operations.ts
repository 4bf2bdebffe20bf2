import { reach, sourcesOf, type ElementRow, type Row } from "../rows/row.js";
import type { ProductGroup } from "./group-products.js";
import type {
  Buffer,
  KernelOperation,
  Operation,
  PassOperation,
  Phase,
  Place,
  ProductOperation,
  ProgramPlan,
  Scan,
  Store,
  TotalOperation,
} from "./plan.js";
import type { RowPlaces } from "./row-places.js";
import type { Schedule } from "./schedule.js";

/** An operation, and where it stands among the others of its phase. */
export interface Staged<O extends Operation = Operation> {
  readonly operation: O;
  readonly stage: number;
}

/** What the operations of a scan are made of. */
export interface OperationParts {
  readonly scan: Scan;
  readonly schedule: Schedule;
  readonly places: RowPlaces;
}

/** Products, joined where they share their left side. */
export function listProducts(groups: readonly ProductGroup[], { schedule, places }: OperationParts): Staged<ProductOperation>[] {
  return groups.flatMap(({ phase, products }) => {
    const [first] = products;
    if (first === undefined) return [];
    const operation: ProductOperation = {
      kind: "product",
      phase,
      left: places.of(first.left),
      rights: products.map(({ right }) => right),
      out: places.of(first),
      inner: first.left.width,
      columns: products.reduce((sum, { width }) => sum + width, 0),
    };
    return [{ operation, stage: schedule.stageOf(first) }];
  });
}

/** Reductions and softmax; `operandOf` names what they read instead of a row that lies among others. */
export function listKernels(
  operandOf: ReadonlyMap<Row, Row>,
  { scan, schedule, places }: OperationParts,
): Staged<KernelOperation>[] {
  return schedule.order.flatMap((row) => {
    if (row.kind !== "kernel" || scan.given.has(row)) return [];
    const operation: KernelOperation = {
      kind: "kernel",
      phase: schedule.phaseOf(row),
      name: row.name,
      from: places.of(operandOf.get(row) ?? row.of),
      out: places.of(row),
      width: row.of.width,
    };
    return [{ operation, stage: schedule.stageOf(row) }];
  });
}

/** Everything element-wise of one stage and width, as one pass. */
export function listPasses({ scan, schedule, places }: OperationParts): Staged<PassOperation>[] {
  const groups = new Map<string, Store[]>();
  for (const [row, targets] of places.targets) {
    const key = `${schedule.phaseOf(row)} ${schedule.stageOf(row)} ${row.width}`;
    groups.set(key, [...(groups.get(key) ?? []), { row, places: targets }]);
  }
  return [...groups.values()].map((stores) => {
    const own = new Set<Row>(stores.map(({ row }) => row));
    const { row: first } = stores[0] as Store;
    const isLoaded = (row: Row): boolean =>
      row.kind !== "element" || scan.given.has(row) || row.width !== first.width || (places.targets.has(row) && !own.has(row));
    const rows = reach([...own], isLoaded).filter((row): row is ElementRow => !isLoaded(row));
    const operation: PassOperation = { kind: "pass", phase: schedule.phaseOf(first), width: first.width, rows, stores };
    return { operation, stage: schedule.stageOf(first) };
  });
}

/** By phase and stage; within a stage passes come last, because they read what the others give. */
export function inOrder(staged: readonly Staged[]): Operation[] {
  const phases: readonly Phase[] = ["before", "loop", "after"];
  const rank = ({ operation, stage }: Staged): readonly number[] => [
    phases.indexOf(operation.phase),
    stage,
    Number(operation.kind === "pass"),
  ];
  const compare = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((order, value, index) => order || value - (b[index] as number), 0);
  return staged.toSorted((a, b) => compare(rank(a), rank(b))).map(({ operation }) => operation);
}

/** What a pass reads from memory, weights aside. */
export function loadsOf({ rows }: PassOperation): Row[] {
  const own = new Set<Row>(rows);
  return [...new Set(rows.flatMap(sourcesOf))].filter((row) => !own.has(row));
}

/** Every place that an operation reads. */
export function readsOf(operation: Operation, { placeOf }: Pick<ProgramPlan, "placeOf">): Place[] {
  if (operation.kind === "pass") return loadsOf(operation).map((row) => placeOf(row));
  return [operation.kind === "product" ? operation.left : operation.from];
}

/** Buffers that operations write to. */
export function writtenBy(operations: readonly Operation[]): Set<Buffer> {
  const places = operations.flatMap((operation) => (operation.kind === "pass" ? placesOf(operation) : [operation.out]));
  return new Set(places.map(({ buffer }) => buffer));
}

/** Every place that a total reads. */
export function endsOf(end: TotalOperation): Place[] {
  return end.kind === "outer" ? [end.a, end.b] : [end.of];
}

/** Every place an operation names, apart from what a pass reads. */
export function placesOf(operation: Operation): Place[] {
  if (operation.kind === "product") return [operation.left, operation.out];
  if (operation.kind === "kernel") return [operation.from, operation.out];
  return operation.stores.flatMap(({ places }) => places);
}
