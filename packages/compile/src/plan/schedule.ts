import type { ElementRow, Row } from "../rows/row.js";
import { choosePhases } from "./phases.js";
import type { Phase, Scan } from "./plan.js";

/** When each row of a scan is computed: in which phase, and at which stage of it. */
export class Schedule {
  readonly #order: Row[];
  readonly #phases = new Map<Row, Phase>();
  readonly #stages = new Map<Row, number>();

  constructor(scan: Scan) {
    const operands = scan.totals.flatMap(({ reduction }) =>
      reduction.kind === "outer" ? [reduction.a, reduction.b] : [reduction.of],
    );
    const { order, of } = choosePhases([...scan.carried.map(({ next }) => next), ...scan.kept, ...operands], scan);
    this.#order = [...order];
    for (const row of order) this.#phases.set(row, of(row));
  }

  /** Every row, sources first. */
  get order(): readonly Row[] {
    return this.#order;
  }

  phaseOf(row: Row): Phase {
    return this.#phases.get(row) ?? "loop";
  }

  /** Within a stage, products and kernels come before passes. */
  stageOf(row: Row): number {
    return this.#stages.get(row) ?? 0;
  }

  setStage(row: Row, stage: number): void {
    this.#stages.set(row, stage);
  }

  /** Adds a copy of a row, which is made as soon as the row is there. */
  addCopy(row: Row, copy: ElementRow): void {
    this.#phases.set(copy, this.phaseOf(row));
    const stage = this.#stages.get(row);
    if (stage !== undefined) this.#stages.set(copy, stage);
    this.#order.splice(this.#order.indexOf(row) + 1, 0, copy);
  }
}
