import type { Buffer, ProgramPlan } from "../plan/plan.js";
import type { Matrix, Vector } from "../rows/row.js";
import type { Node } from "../trace/graph.js";

/** Where a program finds its sizes and addresses: 32-bit words at fixed offsets from one address. */
export class Frame {
  /** The words with the first step of a loop, and with the one before which it ends. */
  readonly from = 0;
  readonly to = 1;
  readonly buffers: readonly Buffer[];
  /** Values without a batch axis that passes read. */
  readonly vectors: readonly Node[];
  /** Right sides of products, packed, one per product operation. */
  readonly products: readonly (readonly Matrix[])[];

  constructor(plan: ProgramPlan) {
    this.buffers = plan.buffers;
    const passes = plan.operations.filter((operation) => operation.kind === "pass");
    const vectors = passes.flatMap(({ rows }) =>
      rows.flatMap(({ args }) => args.filter((arg): arg is Vector => arg.kind === "vector")),
    );
    this.vectors = [...new Set(vectors.map(({ node }) => node))];
    this.products = plan.operations.flatMap((operation) => (operation.kind === "product" ? [operation.rights] : []));
  }

  /**
   * Numbers that passes read, as bits. They lie in memory because engines build a constant vector from two integers at each use, which
   * takes longer than the arithmetic.
   */
  readonly constants: number[] = [];

  /** Bytes to the word with the address of a buffer; the next two hold bytes from step to step and from row to row. */
  base(buffer: Buffer): number {
    return 8 + this.buffers.indexOf(buffer) * 12;
  }

  /** Bytes to the addresses of all vectors, then of all products, then to the constants. */
  get operands(): number {
    return 8 + this.buffers.length * 12;
  }

  vector(node: Node): number {
    return this.operands + this.vectors.indexOf(node) * 4;
  }

  product(rights: readonly Matrix[]): number {
    return this.operands + (this.vectors.length + this.products.indexOf(rights)) * 4;
  }

  /** Bytes to the first of the constants, which end the frame. */
  get firstConstant(): number {
    return this.operands + (this.vectors.length + this.products.length) * 4;
  }

  /** The word with a 32-bit float. */
  constant(value: number): number {
    return this.constantBits(new Int32Array(Float32Array.of(value).buffer)[0] as number);
  }

  /** The word with a 32-bit integer. */
  constantBits(bits: number): number {
    const known = this.constants.indexOf(bits);
    const index = known >= 0 ? known : this.constants.push(bits) - 1;
    return this.firstConstant + index * 4;
  }
}
