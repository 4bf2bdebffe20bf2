import type { Buffer, ScanPlan } from "../plan/plan.js";
import type { Matrix, Vector } from "../rows/row.js";
import type { Node } from "../trace/graph.js";

/** Where a program finds its sizes and addresses: 32-bit words at fixed offsets from one address. */
export class Frame {
  /** Words for the number of steps and the size of the batch. */
  readonly steps = 0;
  readonly batch = 4;
  readonly buffers: readonly Buffer[];
  /** Values without a batch axis that passes read. */
  readonly vectors: readonly Node[];
  /** Right sides of products, packed, one per product operation. */
  readonly products: readonly (readonly Matrix[])[];

  constructor(plan: ScanPlan) {
    this.buffers = plan.buffers;
    const passes = plan.operations.filter((operation) => operation.kind === "pass");
    const vectors = passes.flatMap(({ rows }) =>
      rows.flatMap(({ args }) => args.filter((arg): arg is Vector => arg.kind === "vector")),
    );
    this.vectors = [...new Set(vectors.map(({ node }) => node))];
    this.products = plan.operations.flatMap((operation) => (operation.kind === "product" ? [operation.rights] : []));
  }

  /** Bytes of the whole frame. */
  get size(): number {
    return 8 + this.buffers.length * 12 + (this.vectors.length + this.products.length) * 4;
  }

  /** The word with the address of a buffer; the next two hold bytes from step to step and from row to row. */
  base(buffer: Buffer): number {
    return 8 + this.buffers.indexOf(buffer) * 12;
  }

  vector(node: Node): number {
    return 8 + this.buffers.length * 12 + this.vectors.indexOf(node) * 4;
  }

  product(rights: readonly Matrix[]): number {
    return 8 + this.buffers.length * 12 + (this.vectors.length + this.products.indexOf(rights)) * 4;
  }
}
