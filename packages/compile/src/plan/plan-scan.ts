import { sourcesOf, type ElementRow, type KernelRow, type ProductRow, type Row } from "../rows/row.js";
import { groupProducts } from "./group-products.js";
import { endsOf, inOrder, listKernels, listPasses, listProducts, loadsOf, placesOf } from "./list-operations.js";
import type { Buffer, Scan, ScanPlan, TotalOperation } from "./plan.js";
import { reuseBuffers } from "./reuse-buffers.js";
import { makeBuffer, placeIn, RowPlaces } from "./row-places.js";
import { Schedule } from "./schedule.js";

/** Decides what a loop over time does, in which order, and where every value lies. */
export function planScan(scan: Scan): ScanPlan {
  const { given, kept, totals, history, name } = scan;
  const schedule = new Schedule(scan);
  const phases = schedule.order.filter((row) => !given.has(row)).map((row) => [row, schedule.phaseOf(row)] as const);
  const places = new RowPlaces(scan, schedule);
  const parts = { scan, schedule, places };
  const [now, next] = name === "forward" ? [0, 1] : [1, 0];
  const carried = scan.carried.map((state) => {
    const buffer = makeBuffer(`${state.leaf.leaf.kind} ${state.leaf.leaf.name}`, state.leaf.width, history ? "all" : "two", {
      extra: true,
    });
    places.set(state.leaf, placeIn(buffer, now));
    return { ...state, buffer };
  });
  const products = schedule.order.filter((row): row is ProductRow => row.kind === "product" && !given.has(row));
  const groups = groupProducts(products, (row) => schedule.phaseOf(row));
  for (const state of carried) {
    const place = placeIn(state.buffer, next);
    const alone = groups.some(
      (group) => group.phase === "loop" && group.products.length === 1 && group.products[0] === state.next,
    );
    // A product that is the next state is written where that stands.
    if (alone && !places.has(state.next)) places.set(state.next, place);
    else places.store(state.next, place);
  }
  for (const group of groups) if (!places.has(group.products[0] as Row)) places.placeGroup(group.products, group.phase);
  const operands = settleAll(parts);
  for (const row of kept) places.keep(row);
  const ends = totals.map(({ node, reduction }): TotalOperation => {
    if (reduction.kind === "columns") return { kind: "columns", node, of: places.flat(reduction.of), width: reduction.of.width };
    const { a, b } = reduction;
    return { kind: "outer", node, a: places.flat(a), b: places.flat(b), rows: a.width, columns: b.width };
  });
  const heavy = [...listProducts(groups, parts), ...listKernels(operands, parts)];
  const busy = [...heavy.flatMap(({ operation }) => placesOf(operation)), ...ends.flatMap(endsOf)];
  const inputs = groups.filter(({ phase }) => phase === "before").map((group) => group.products);
  const moved = reuseBuffers(
    listPasses(parts).map(({ operation }) => operation),
    { kept, busy, products: inputs, places },
  );
  const fused = listPasses(parts);
  const operations = inOrder([...heavy, ...fused]);
  const buffers = new Set<Buffer>(carried.map(({ buffer }) => buffer));
  for (const { buffer } of [...operations.flatMap(placesOf), ...ends.flatMap(endsOf)]) buffers.add(buffer);
  for (const row of [...kept, ...fused.flatMap(({ operation }) => loadsOf(operation))]) buffers.add(places.of(row).buffer);
  const results = new Set([...kept.map((row) => places.of(row).buffer), ...(history ? carried.map(({ buffer }) => buffer) : [])]);
  const passes = { phases, groups: groups.map((group) => group.products), moved };
  return { name, carried, buffers: [...buffers], results, operations, totals: ends, passes, placeOf: (row) => places.of(row) };
}

interface Parts {
  readonly scan: Scan;
  readonly schedule: Schedule;
  readonly places: RowPlaces;
}

// Gives every row its stage within its phase, and memory to what is not computed on the way. Returns what kernels read in place of
// rows that lie among others.
function settleAll(parts: Parts): ReadonlyMap<Row, Row> {
  const { scan, schedule, places } = parts;
  const copies = new Map<Row, Row>();
  for (const row of schedule.order) if (row.kind === "kernel" && !scan.given.has(row)) places.set(row, places.fresh(row));
  for (const row of [...schedule.order]) {
    if (scan.given.has(row) || row.kind === "leaf") schedule.setStage(row, 0);
    else if (row.kind === "product") schedule.setStage(row, settleOperand(row, row.left, parts));
    else if (row.kind === "kernel") settleKernel(row, copies, parts);
    else if (row.kind === "element") settleElement(row, parts);
    else schedule.setStage(row, latest(row, sourcesOf(row), parts));
  }
  return copies;
}

function settleElement(row: ElementRow, parts: Parts): void {
  const { scan, schedule, places } = parts;
  const phase = schedule.phaseOf(row);
  const sources = sourcesOf(row);
  const isInline = (source: Row): boolean => source.kind === "element" && !scan.given.has(source) && source.width === row.width;
  const narrow = sources.filter((source) => source.kind === "element" && !isInline(source) && !scan.given.has(source));
  const stage = Math.max(latest(row, sources, parts), latest(row, narrow, parts, 1));
  schedule.setStage(row, stage);
  for (const source of sources) {
    // What an earlier stage has computed on the way is not computed again.
    const again = isInline(source) && schedule.phaseOf(source) === phase && schedule.stageOf(source) === stage;
    if (!again) places.need(source, phase);
  }
}

function settleKernel(row: KernelRow, copies: Map<Row, Row>, parts: Parts): void {
  const { schedule, places } = parts;
  const phase = schedule.phaseOf(row);
  places.need(row.of, phase);
  const { buffer, offset } = places.of(row.of);
  // Kernels read rows without gaps.
  const whole = offset === 0 && buffer.width === row.of.width && buffer.extent !== "given";
  const operand = whole ? row.of : places.copyOf(row.of);
  if (!whole) copies.set(row, operand);
  schedule.setStage(row, Math.max(settleOperand(row, operand, parts), whole ? 0 : 1));
}

// Products run side by side with others of their stage, passes after them: what either gives is there one stage later.
function settleOperand(row: ProductRow | KernelRow, operand: Row, parts: Parts): number {
  const { scan, schedule, places } = parts;
  const phase = schedule.phaseOf(row);
  places.need(operand, phase);
  if (phase !== "loop") places.needFlat(operand);
  const isInput = (source: Row): boolean =>
    scan.given.has(source) || source.kind === "leaf" || (source.kind === "slice" && isInput(source.of));
  if (isInput(operand)) return 0;
  return latest(row, operand.kind === "concat" ? operand.parts : [operand], parts, 1);
}

// The latest stage of sources in the phase of a row, and so many more.
function latest(row: Row, sources: readonly Row[], { schedule }: Parts, more = 0): number {
  const phase = schedule.phaseOf(row);
  return sources.reduce(
    (stage, source) => (schedule.phaseOf(source) === phase ? Math.max(stage, schedule.stageOf(source) + more) : stage),
    0,
  );
}
