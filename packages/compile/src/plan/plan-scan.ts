import type { ConcatRow, ElementRow, ProductRow, Row } from "../rows/row.js";
import { reach, sourcesOf } from "../rows/row.js";
import { groupProducts, type ProductGroup } from "./group-products.js";
import { choosePhases } from "./phases.js";
import type {
  Buffer,
  KernelOperation,
  Operation,
  PassOperation,
  Phase,
  Place,
  ProductOperation,
  Scan,
  ScanPlan,
  Store,
  TotalOperation,
} from "./plan.js";
import { reuseBuffers } from "./reuse-buffers.js";

/** Decides what a loop over time does, in which order, and where every value lies. */
export function planScan(scan: Scan): ScanPlan {
  return new Planner(scan).plan();
}

class Planner {
  readonly #scan: Scan;
  readonly #places = new Map<Row, Place>();
  readonly #targets = new Map<ElementRow, Place[]>();
  readonly #stages = new Map<Row, number>();
  readonly #order: Row[];
  readonly #phases = new Map<Row, Phase>();
  readonly #copies = new Map<Row, ElementRow>();
  readonly #operands = new Map<Row, Row>();
  readonly #stageOf = new Map<Operation, number>();
  #copied = 0;

  constructor(scan: Scan) {
    this.#scan = scan;
    const operands = scan.totals.flatMap(({ reduction }) =>
      reduction.kind === "outer" ? [reduction.a, reduction.b] : [reduction.of],
    );
    const { order, of } = choosePhases([...scan.carried.map(({ next }) => next), ...scan.kept, ...operands], scan);
    this.#order = [...order];
    for (const row of order) this.#phases.set(row, of(row));
  }

  plan(): ScanPlan {
    const { carried, given, kept, totals, history, name } = this.#scan;
    for (const [row, place] of given) this.#places.set(row, place);
    const states = carried.map((state) => {
      const buffer = this.#buffer(`state ${state.name}`, state.leaf.width, { extra: true, extent: history ? "all" : "two" });
      this.#places.set(state.leaf, { buffer, offset: 0, shift: name === "forward" ? 0 : 1 });
      return { ...state, buffer };
    });
    const groups = groupProducts(
      this.#order.filter((row): row is ProductRow => row.kind === "product" && !given.has(row)),
      (row) => this.#phase(row),
    );
    const alone = new Set<Row>(
      groups.flatMap(({ phase, products }) => (products.length === 1 && phase === "loop" ? products : [])),
    );
    for (const { next, buffer } of states) {
      const place = { buffer, offset: 0, shift: name === "forward" ? 1 : 0 };
      // A product that is the next state is written where that stands.
      if (alone.has(next) && !this.#places.has(next)) this.#places.set(next, place);
      else this.#storeAt(next, place);
    }
    for (const group of groups) this.#placeGroup(group);
    for (const row of this.#order) if (row.kind === "kernel" && !given.has(row)) this.#places.set(row, this.#fresh(row));
    for (const row of [...this.#order]) this.#settle(row);
    for (const row of kept) this.#needAll(row);
    const ends = totals.map(({ node, reduction }): TotalOperation => {
      if (reduction.kind === "columns") return { kind: "columns", node, of: this.#flat(reduction.of), width: reduction.of.width };
      const { a, b } = reduction;
      return { kind: "outer", node, a: this.#flat(a), b: this.#flat(b), rows: a.width, columns: b.width };
    });
    const passes = this.#passes();
    const heavy = this.#heavyOperations(groups);
    reuseBuffers(passes, {
      kept,
      busy: [...heavy.flatMap(placesOf), ...ends.flatMap((end) => (end.kind === "outer" ? [end.a, end.b] : [end.of]))],
      products: groups.filter(({ phase }) => phase === "before").map(({ products }) => products),
      places: this.#places,
    });
    const operations = this.#inOrder([...heavy, ...passes]);
    const used = new Set<Buffer>(states.map(({ buffer }) => buffer));
    for (const { buffer } of [
      ...operations.flatMap(placesOf),
      ...ends.flatMap((end) => (end.kind === "outer" ? [end.a, end.b] : [end.of])),
    ])
      used.add(buffer);
    for (const row of [...kept, ...passes.flatMap(loadsOf)]) used.add(this.#placeOf(row).buffer);
    return { name, carried: states, buffers: [...used], operations, totals: ends, placeOf: (row) => this.#placeOf(row) };
  }

  #phase(row: Row): Phase {
    return this.#phases.get(row) ?? "loop";
  }

  #buffer(
    name: string,
    width: number,
    { extra = false, extent = "one" }: { readonly extra?: boolean; readonly extent?: Buffer["extent"] } = {},
  ): Buffer {
    return { name, width, extra, extent, flat: false };
  }

  #fresh(row: Row): Place {
    const extent = this.#phase(row) === "loop" ? "one" : "all";
    return { buffer: this.#buffer(`${nameOf(row)} ${row.id}`, row.width, { extent }), offset: 0, shift: 0 };
  }

  #placeGroup({ phase, products }: ProductGroup): void {
    if (this.#places.has(products[0] as Row)) return;
    const width = products.reduce((sum, row) => sum + row.width, 0);
    const buffer = this.#buffer(`product ${products.map(({ id }) => id).join("+")}`, width, {
      extent: phase === "loop" ? "one" : "all",
    });
    let offset = 0;
    for (const row of products) {
      this.#places.set(row, { buffer, offset, shift: 0 });
      offset += row.width;
    }
  }

  // Gives a row its stage within its phase, and memory to everything it cannot compute on its own.
  #settle(row: Row): void {
    if (this.#scan.given.has(row)) return void this.#stages.set(row, 0);
    const phase = this.#phase(row);
    let stage = 0;
    const after = (source: Row, gap: number): void => {
      if (this.#phase(source) === phase) stage = Math.max(stage, this.#stage(source) + gap);
    };
    switch (row.kind) {
      case "leaf":
        break;
      case "slice":
      case "concat":
        for (const source of sourcesOf(row)) after(source, 0);
        break;
      case "product":
      case "kernel": {
        const operand = row.kind === "product" ? row.left : row.of;
        this.#need(operand, phase);
        if (row.kind === "kernel" && !this.#isWhole(operand)) {
          const copy = this.#copyOf(operand);
          this.#need(copy, phase);
          this.#operands.set(row, copy);
        }
        // Products run side by side with others of their stage, passes after them: what either gives is there one stage later.
        const parts = operand.kind === "concat" ? operand.parts : [operand];
        for (const part of parts) after(part, this.#isInput(part) && operand === part && !this.#operands.has(row) ? 0 : 1);
        if (phase !== "loop") this.#needFlat(this.#operands.get(row) ?? operand);
        break;
      }
      case "element":
        for (const source of sourcesOf(row)) {
          const given = this.#scan.given.has(source);
          after(source, source.width !== row.width && source.kind === "element" && !given ? 1 : 0);
        }
        for (const source of sourcesOf(row)) {
          const inline = source.kind === "element" && this.#phase(source) === phase && source.width === row.width;
          // What an earlier stage has computed on the way is not computed again.
          if (!inline || this.#stage(source) < stage) this.#need(source, phase);
        }
        break;
    }
    this.#stages.set(row, stage);
  }

  #stage(row: Row): number {
    return this.#stages.get(row) ?? 0;
  }

  // Whether a row is there before the scan, or before the step.
  #isInput(row: Row): boolean {
    return this.#scan.given.has(row) || row.kind === "leaf" || (row.kind === "slice" && this.#isInput(row.of));
  }

  // Makes sure that a row is in memory where `phase` reads it.
  #need(row: Row, phase: Phase): void {
    if (this.#scan.given.has(row)) {
      if (phase !== "loop") this.#placeOf(row).buffer.flat = true;
      return;
    }
    if (row.kind === "slice") return this.#need(row.of, phase);
    if (row.kind === "leaf") return void (phase !== "loop" && this.#spread(this.#placeOf(row).buffer));
    const parts = row.kind === "concat" ? row.parts : [row];
    const own = row.kind === "concat" ? this.#joined(row) : undefined;
    if (row.kind === "element" && !this.#targets.has(row)) {
      const place = this.#fresh(row);
      this.#places.set(row, place);
      this.#targets.set(row, [place]);
    }
    const crosses = parts.some((part) => this.#phase(part) !== phase);
    if (crosses) this.#spread((own ?? this.#placeOf(row)).buffer);
  }

  #joined(row: ConcatRow): Place {
    const known = this.#places.get(row);
    if (known !== undefined) return known;
    const place = this.#fresh(row);
    this.#storeAt(row, place);
    return place;
  }

  // Has a row written to one more place.
  #storeAt(row: Row, place: Place): void {
    if (row.kind === "concat" && !this.#scan.given.has(row)) {
      let { offset } = place;
      for (const part of row.parts) {
        this.#storeAt(part, { ...place, offset });
        offset += part.width;
      }
      if (!this.#places.has(row)) this.#places.set(row, place);
      return;
    }
    const element = row.kind === "element" && !this.#scan.given.has(row) ? row : this.#copyOf(row);
    const targets = this.#targets.get(element);
    if (targets === undefined) this.#targets.set(element, [place]);
    else targets.push(place);
    if (!this.#places.has(element)) this.#places.set(element, place);
    if (this.#phase(element) !== "loop") this.#spread(place.buffer);
  }

  #copyOf(row: Row): ElementRow {
    const known = this.#copies.get(row);
    if (known !== undefined) return known;
    const copy: ElementRow = {
      kind: "element",
      id: -1 - this.#copied++,
      operation: "copy",
      args: [row],
      width: row.width,
      truth: false,
    };
    this.#copies.set(row, copy);
    const phase = this.#phase(row);
    this.#phases.set(copy, phase);
    const stage = this.#stages.get(row);
    if (stage !== undefined) this.#stages.set(copy, stage);
    this.#order.splice(this.#order.indexOf(row) + 1, 0, copy);
    this.#need(row, phase);
    return copy;
  }

  #needAll(row: Row): void {
    this.#need(row, "loop");
    this.#spread(this.#placeOf(row).buffer);
  }

  #needFlat(row: Row): void {
    const { buffer } = this.#placeOf(row);
    buffer.flat = true;
    this.#spread(buffer);
  }

  // A value of every step, as one matrix; what is the same at every step is repeated.
  #flat(row: Row): Place {
    const fixed = row.kind === "leaf" && row.leaf.kind === "row";
    const source =
      fixed || (row.kind === "slice" && row.of.kind === "leaf" && row.of.leaf.kind === "row") ? this.#copyOf(row) : row;
    this.#need(source, "after");
    this.#needFlat(source);
    return this.#placeOf(source);
  }

  #spread(buffer: Buffer): void {
    if (buffer.extent !== "given") buffer.extent = "all";
  }

  // Kernels read rows without gaps.
  #isWhole(row: Row): boolean {
    const { buffer, offset } = this.#placeOf(row);
    return offset === 0 && buffer.width === row.width && buffer.extent !== "given";
  }

  #placeOf(row: Row): Place {
    const known = this.#places.get(row);
    if (known !== undefined) return known;
    if (row.kind === "slice") {
      const { buffer, offset, shift } = this.#placeOf(row.of);
      return { buffer, offset: offset + row.offset, shift };
    }
    throw new Error(`compile: internal: ${row.kind} ${row.id} has no place`);
  }

  #heavyOperations(groups: readonly ProductGroup[]): (ProductOperation | KernelOperation)[] {
    return this.#order.flatMap((row): (ProductOperation | KernelOperation)[] => {
      if (this.#scan.given.has(row)) return [];
      if (row.kind === "kernel") {
        const from = this.#placeOf(this.#operands.get(row) ?? row.of);
        const operation = {
          kind: "kernel",
          phase: this.#phase(row),
          name: row.name,
          from,
          out: this.#placeOf(row),
          width: row.of.width,
        } as const;
        this.#stageOf.set(operation, this.#stage(row));
        return [operation];
      }
      const group = groups.find(({ products }) => products[0] === row);
      if (group === undefined || row.kind !== "product") return [];
      const operation = {
        kind: "product",
        phase: group.phase,
        left: this.#placeOf(row.left),
        rights: group.products.map(({ right }) => right),
        out: this.#placeOf(row),
        inner: row.left.width,
        columns: group.products.reduce((sum, { width }) => sum + width, 0),
      } as const;
      this.#stageOf.set(operation, this.#stage(row));
      return [operation];
    });
  }

  #passes(): PassOperation[] {
    const groups = new Map<string, Store[]>();
    for (const [row, places] of this.#targets) {
      const key = `${this.#phase(row)} ${this.#stage(row)} ${row.width}`;
      groups.set(key, [...(groups.get(key) ?? []), { row, places }]);
    }
    return [...groups.values()].map((stores) => {
      const own = new Set<Row>(stores.map(({ row }) => row));
      const { row: first } = stores[0] as Store;
      const loads = (row: Row): boolean =>
        row.kind !== "element" ||
        this.#scan.given.has(row) ||
        row.width !== first.width ||
        (this.#targets.has(row) && !own.has(row));
      const rows = reach([...own], loads).filter((row): row is ElementRow => !loads(row));
      const operation: PassOperation = { kind: "pass", phase: this.#phase(first), width: first.width, rows, stores };
      this.#stageOf.set(operation, this.#stage(first));
      return operation;
    });
  }

  // By phase and stage; within a stage passes come last, because they read what the others give.
  #inOrder(operations: readonly Operation[]): Operation[] {
    const phases: readonly Phase[] = ["before", "loop", "after"];
    const stage = (operation: Operation): number => this.#stageOf.get(operation) ?? 0;
    return [...operations].sort(
      (a, b) =>
        phases.indexOf(a.phase) - phases.indexOf(b.phase) ||
        stage(a) - stage(b) ||
        Number(a.kind === "pass") - Number(b.kind === "pass"),
    );
  }
}

function nameOf(row: Row): string {
  return row.kind === "kernel" ? row.name : row.kind === "element" ? row.operation : row.kind;
}

/** What a pass reads from memory, weights aside. */
export function loadsOf({ rows }: PassOperation): Row[] {
  const own = new Set<Row>(rows);
  return [...new Set(rows.flatMap(sourcesOf))].filter((row) => !own.has(row));
}

/** Every place an operation names, apart from what a pass reads. */
export function placesOf(operation: Operation): Place[] {
  if (operation.kind === "product") return [operation.left, operation.out];
  if (operation.kind === "kernel") return [operation.from, operation.out];
  return operation.stores.flatMap(({ places }) => places);
}
