import { mapValues } from "../map-values.js";
import { Lowering } from "../rows/lower.js";
import { literal } from "../rows/rows.js";
import type { Reduction, Row } from "../rows/row.js";
import type { Node } from "../trace/graph.js";
import { watchedName, type StepGraph } from "../trace/trace-step.js";
import { chooseSaved, type SavedChoice } from "./choose-saved.js";
import { backwardToTable, forwardFromTable, type BackwardToTable } from "./lookup.js";
import { overwriteActivations } from "./overwrite-activations.js";
import { planScan } from "./plan-scan.js";
import type { Buffer, Place, ScanPlan } from "./plan.js";
import { makeBuffer, placeIn } from "./row-places.js";

/** A loop with its ends. */
export interface PlannedLoop {
  readonly plan: ScanPlan;
  /** What the caller gives: inputs of every step and of every row, by leaf. */
  readonly given: ReadonlyMap<string, Buffer>;
}

/** The forward loop. */
export interface ForwardPlan extends PlannedLoop {
  readonly output: Row;
  readonly watched: Readonly<Record<string, Row>>;
  /** What it computes before it begins, where that is of one input of every step alone: by the name of that. */
  readonly tables: Readonly<Record<string, ReadonlySet<Buffer> | undefined>>;
}

/** Inputs by name whose gradients a backward loop is to give; those of the first states it has in any case. */
export interface WantedGradients {
  readonly weights: readonly string[];
  readonly steps: readonly string[];
}

/** The backward loop: gradients of the inputs by name; undefined where nothing depends on one, and where it is not wanted. */
export interface BackwardPlan extends PlannedLoop {
  readonly steps: Readonly<Record<string, Row | undefined>>;
  /** Gradients of watched values. */
  readonly watched: Readonly<Record<string, Row | undefined>>;
  /** Gradients of weights, computed from totals over time. */
  readonly weights: Readonly<Record<string, Node | undefined>>;
  /** Buffers that may lie in place of one that the forward loop has left, when nobody goes back a second time. */
  readonly over: ReadonlyMap<Buffer, Buffer>;
  /** How it goes on with a table in place of an input of every step, by the name of that. */
  readonly tables: Readonly<Record<string, BackwardToTable | undefined>>;
}

/** A traced step as loops over time. */
export interface StepPlans {
  /** Forward alone, without anything for a backward pass. */
  readonly inference: ForwardPlan;
  readonly training: {
    readonly forward: ForwardPlan;
    readonly choice: SavedChoice;
    /** The backward loop, planned once for each set of gradients; of all where nothing is said. */
    backward(wanted?: WantedGradients): BackwardPlan;
  };
}

/**
 * Plans the loops of a step.
 *
 * @throws CompileError `unsupported`
 */
export function planStep(step: StepGraph): StepPlans {
  const lowering = new Lowering({ name: step.sizes.name, batch: step.batch });
  const { rows } = lowering;
  const { sizes } = step;
  const output = rows.own(lowering.row(step.output));
  const watched = mapValues(step.watched, (node) => rows.own(lowering.row(node)));
  const states = Object.entries(sizes.state).map(([name, width]) => ({
    name,
    leaf: rows.leaf({ kind: "state", name }, width),
    next: lowering.row(step.state[name] as Node),
  }));
  const external = [
    ...Object.entries(sizes.steps).map(([name, width]) => rows.leaf({ kind: "step", name }, width)),
    ...Object.entries(sizes.rows).map(([name, width]) => rows.leaf({ kind: "row", name }, width)),
  ];
  const inputs = (): { given: Map<string, Buffer>; places: Map<Row, Place> } => {
    const given = new Map<string, Buffer>();
    const places = new Map<Row, Place>();
    for (const row of external) {
      const buffer = makeBuffer(`${row.leaf.kind} ${row.leaf.name}`, row.width, "given");
      given.set(buffer.name, buffer);
      places.set(row, placeIn(buffer));
    }
    return { given, places };
  };
  const forward = (saved: readonly Row[], history: boolean): ForwardPlan => {
    const { given, places } = inputs();
    const kept = [output, ...Object.values(watched), ...saved];
    const plan = planScan({ name: "forward", carried: states, history, kept, totals: [], given: places });
    const tables = mapValues(sizes.steps, (_, name) => forwardFromTable(plan, given.get(`step ${name}`) as Buffer));
    return { plan, given, output, watched, tables };
  };

  const ownRow = (node: Node | undefined): Row | undefined => node && rows.own(lowering.row(node));
  const stepGradients = mapValues(step.gradients.steps, ownRow);
  const watchedGradients = mapValues(step.gradients.watched, ownRow);
  const carried = states.map(({ name, leaf }) => {
    const node = step.gradients.state[name];
    const next = node === undefined ? rows.element("copy", [literal(0)], leaf.width) : lowering.row(node);
    return { name, leaf: rows.leaf({ kind: "cotangent", name: `state ${name}` }, leaf.width), next };
  });
  const totals = lowering.reductions(Object.values(step.gradients.weights).filter((node) => node !== undefined));
  const operands = [...totals.values()].flatMap((total) => (total.kind === "outer" ? [total.a, total.b] : [total.of]));
  const kept = [...Object.values(stepGradients), ...Object.values(watchedGradients)].filter((row) => row !== undefined);
  const present = new Set<Row>(states.map(({ next }) => next));
  const choice = chooseSaved([...carried.map(({ next }) => next), ...kept, ...operands], present);
  const saved = [...choice.saved];
  const trained = forward(saved, true);

  const received = {
    output: output.width,
    ...Object.fromEntries(Object.entries(watched).map(([name, row]) => [watchedName(name), row.width])),
  };
  const visible = new Set([
    ...[output, ...Object.values(watched)].map((row) => trained.plan.placeOf(row).buffer),
    ...trained.plan.carried.map((state) => state.buffer),
  ]);
  const left = new Set(saved.map((row) => trained.plan.placeOf(row).buffer).filter((own) => !visible.has(own)));
  const backward = (wanted: WantedGradients): BackwardPlan => {
    const { given, places } = inputs();
    for (const { leaf, next, buffer } of trained.plan.carried) {
      places.set(leaf, placeIn(buffer));
      if (next.kind !== "leaf" && next.kind !== "slice") places.set(next, placeIn(buffer, 1));
    }
    for (const row of saved) places.set(row, trained.plan.placeOf(row));
    for (const [name, width] of Object.entries(received)) {
      const cotangent = rows.leaf({ kind: "cotangent", name }, width);
      const buffer = makeBuffer(`cotangent ${name}`, width, "given");
      given.set(buffer.name, buffer);
      places.set(cotangent, placeIn(buffer));
    }
    const weights = only(step.gradients.weights, wanted.weights);
    const steps = only(stepGradients, wanted.steps);
    const plan = planScan({
      name: "backward",
      carried,
      history: false,
      kept: [...Object.values(steps), ...Object.values(watchedGradients)].filter((row) => row !== undefined),
      totals: totalsBelow(Object.values(weights), totals),
      given: places,
    });
    const found = { plan, steps, watched: watchedGradients };
    const tables = mapValues(sizes.steps, (_, name) => backwardToTable(found, given.get(`step ${name}`) as Buffer, name));
    return { ...found, given, weights, over: overwriteActivations(plan, left), tables };
  };
  const planned = new Map<string, BackwardPlan>();
  const all = { weights: Object.keys(sizes.weights), steps: Object.keys(sizes.steps) };
  return {
    inference: forward([], false),
    training: {
      forward: trained,
      choice,
      backward(wanted = all) {
        const key = JSON.stringify([wanted.weights, wanted.steps]);
        let plan = planned.get(key);
        if (plan === undefined) planned.set(key, (plan = backward(wanted)));
        return plan;
      },
    },
  };
}

function only<V>(record: Readonly<Record<string, V>>, names: readonly string[]): Readonly<Record<string, V | undefined>> {
  return mapValues(record, (value, name) => (names.includes(name) ? value : undefined));
}

// The sums that some gradients are made of.
function totalsBelow(
  gradients: readonly (Node | undefined)[],
  totals: ReadonlyMap<Node, Reduction>,
): { readonly node: Node; readonly reduction: Reduction }[] {
  const below = new Set<Node>();
  const visit = (node: Node): void => {
    if (below.has(node)) return;
    below.add(node);
    if (!totals.has(node)) node.inputs.forEach(visit);
  };
  for (const node of gradients) if (node !== undefined) visit(node);
  return [...totals].filter(([node]) => below.has(node)).map(([node, reduction]) => ({ node, reduction }));
}
