import type { ElementRow, ProductRow, Row } from "../rows/row.js";
import type { Buffer, Extent, Phase, Place, Scan } from "./plan.js";
import type { Schedule } from "./schedule.js";

/** Where the rows of a scan lie in memory, and what has to be written there. */
export class RowPlaces {
  readonly #scan: Scan;
  readonly #schedule: Schedule;
  readonly #places = new Map<Row, Place>();
  readonly #targets = new Map<ElementRow, Place[]>();
  readonly #copies = new Map<Row, ElementRow>();

  constructor(scan: Scan, schedule: Schedule) {
    this.#scan = scan;
    this.#schedule = schedule;
    for (const [row, place] of scan.given) this.#places.set(row, place);
  }

  /** Element-wise rows that are written, and where. */
  get targets(): ReadonlyMap<ElementRow, readonly Place[]> {
    return this.#targets;
  }

  has(row: Row): boolean {
    return this.#places.has(row);
  }

  set(row: Row, place: Place): void {
    this.#places.set(row, place);
  }

  /** Moves an element-wise row that is written once. */
  move(row: ElementRow, place: Place): void {
    this.#places.set(row, place);
    this.#targets.set(row, [place]);
  }

  /** @throws Error for a row that nobody needs in memory. */
  of(row: Row): Place {
    const known = this.#places.get(row);
    if (known !== undefined) return known;
    if (row.kind !== "slice") throw new Error(`compile: internal: ${row.kind} ${row.id} has no place`);
    const { buffer, offset, shift } = this.of(row.of);
    return { buffer, offset: offset + row.offset, shift };
  }

  /** A buffer of its own for a row. */
  fresh(row: Row): Place {
    const name = row.kind === "kernel" ? row.name : row.kind === "element" ? row.operation : row.kind;
    return placeIn(makeBuffer(`${name} ${row.id}`, row.width, this.#schedule.phaseOf(row) === "loop" ? "one" : "all"));
  }

  /** One buffer for products side by side. */
  placeGroup(products: readonly ProductRow[], phase: Phase): void {
    const width = products.reduce((sum, row) => sum + row.width, 0);
    const buffer = makeBuffer(`product ${products.map(({ id }) => id).join("+")}`, width, phase === "loop" ? "one" : "all");
    let offset = 0;
    for (const row of products) {
      this.#places.set(row, { buffer, offset, shift: 0 });
      offset += row.width;
    }
  }

  /** Makes sure that a row is in memory where `phase` reads it. */
  need(row: Row, phase: Phase): void {
    if (this.#scan.given.has(row)) {
      if (phase !== "loop") this.of(row).buffer.flat = true;
      return;
    }
    if (row.kind === "slice") return this.need(row.of, phase);
    if (row.kind === "leaf") return void (phase !== "loop" && spread(this.of(row).buffer));
    if (row.kind === "concat" && !this.#places.has(row)) this.store(row, this.fresh(row));
    if (row.kind === "element" && !this.#targets.has(row)) this.move(row, this.fresh(row));
    const parts = row.kind === "concat" ? row.parts : [row];
    if (parts.some((part) => this.#schedule.phaseOf(part) !== phase)) spread(this.of(row).buffer);
  }

  /** Makes sure that the rows of all steps are in memory, as one matrix. */
  needFlat(row: Row): void {
    const { buffer } = this.of(row);
    buffer.flat = true;
    spread(buffer);
  }

  /** Makes sure that a row stays in memory for every step. */
  keep(row: Row): void {
    this.need(row, "loop");
    spread(this.of(row).buffer);
  }

  /** A value of every step, as one matrix, after the loop; what is the same at every step is repeated. */
  flat(row: Row): Place {
    const leaf = row.kind === "slice" ? row.of : row;
    const source = leaf.kind === "leaf" && leaf.leaf.kind === "row" ? this.copyOf(row) : row;
    this.need(source, "after");
    this.needFlat(source);
    return this.of(source);
  }

  /** Has a row written to one more place. */
  store(row: Row, place: Place): void {
    if (row.kind === "concat" && !this.#scan.given.has(row)) {
      let { offset } = place;
      for (const part of row.parts) {
        this.store(part, { ...place, offset });
        offset += part.width;
      }
      if (!this.#places.has(row)) this.#places.set(row, place);
      return;
    }
    const element = row.kind === "element" && !this.#scan.given.has(row) ? row : this.copyOf(row);
    const targets = this.#targets.get(element);
    if (targets === undefined) this.#targets.set(element, [place]);
    else targets.push(place);
    if (!this.#places.has(element)) this.#places.set(element, place);
    if (this.#schedule.phaseOf(element) !== "loop") spread(place.buffer);
  }

  /** A row that copies another one, which lies elsewhere already. */
  copyOf(row: Row): ElementRow {
    const known = this.#copies.get(row);
    if (known !== undefined) return known;
    const id = -1 - this.#copies.size;
    const copy: ElementRow = { kind: "element", id, operation: "copy", args: [row], width: row.width, truth: false };
    this.#copies.set(row, copy);
    this.#schedule.addCopy(row, copy);
    this.need(row, this.#schedule.phaseOf(row));
    return copy;
  }
}

/** A block of memory, not yet read as one matrix. */
export function makeBuffer(
  name: string,
  width: number,
  extent: Extent,
  { extra = false }: { readonly extra?: boolean } = {},
): Buffer {
  return { name, width, extra, extent, flat: false };
}

/** All columns of a buffer; `shift` 1 is the step after the present one. */
export function placeIn(buffer: Buffer, shift = 0): Place {
  return { buffer, offset: 0, shift };
}

function spread(buffer: Buffer): void {
  if (buffer.extent !== "given") buffer.extent = "all";
}
