import type {
  AxisAttributes,
  CastAttributes,
  PadAttributes,
  PermuteAttributes,
  ReduceAttributes,
  SliceAttributes,
  SplitAttributes,
} from "@unroll/tensor";

import { CompileError } from "../error.js";
import { formatBatched, type Node } from "../trace/graph.js";
import type { Argument, ElementOperation, Reduction, Row } from "./row.js";
import { literal, Rows, vector } from "./rows.js";

/** Primitives that work element by element. */
export const elementwise: ReadonlySet<string> = new Set<ElementOperation>([
  ...(["neg", "abs", "sign", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu"] as const),
  ...(["add", "sub", "mul", "div", "pow", "maximum", "minimum", "equal", "less", "lessEqual", "where"] as const),
]);

const linear: ReadonlySet<string> = new Set([
  ...["neg", "add", "sub", "mul", "div", "cast", "copy", "where", "sum", "matmul", "concat", "pad"],
  ...["reshape", "permute", "broadcastTo", "slice", "split", "cumsum", "take", "takeAlong", "scatterAdd", "scatterAddAlong"],
]);

/** What is to be known of a step beside its nodes. */
export interface LoweredStep {
  /** In errors. */
  readonly name: string;
  /** The size that stands for the batch in every shape. */
  readonly batch: number;
}

/** Reads the nodes of a traced step as operations on the rows of a batch. */
export class Lowering {
  readonly rows: Rows = new Rows();
  readonly #step: LoweredStep;
  readonly #lowered = new Map<Node, Row>();
  readonly #reductions = new Map<Node, Reduction>();
  readonly #depends = new Map<Node, boolean>();

  constructor(step: LoweredStep) {
    this.#step = step;
  }

  /** Whether a node has a batch axis. */
  isBatched({ shape }: Node): boolean {
    return shape.some((length) => length % this.#step.batch === 0 && length > 0);
  }

  /** Whether a node is computed from rows, though it may have no batch axis itself. */
  dependsOnRows(node: Node): boolean {
    const known = this.#depends.get(node);
    if (known !== undefined) return known;
    const depends =
      node.leaf === undefined ? node.inputs.some((input) => this.dependsOnRows(input)) : node.leaf.kind !== "weight";
    this.#depends.set(node, depends);
    return depends;
  }

  /**
   * A node `[batch, …]` as rows.
   *
   * @throws CompileError `unsupported`
   */
  row(node: Node): Row {
    const known = this.#lowered.get(node);
    if (known !== undefined) return known;
    const row = this.#lower(node);
    this.#lowered.set(node, row);
    return row;
  }

  /**
   * The sums over the batch that gradients without a batch axis are made of; checks that the rest is linear, so that it can be applied
   * once to their totals over time.
   *
   * @throws CompileError `unsupported`
   */
  reductions(gradients: readonly Node[]): ReadonlyMap<Node, Reduction> {
    for (const node of gradients) this.#reduce(node);
    return this.#reductions;
  }

  #lower(node: Node): Row {
    const { rows } = this;
    const { operation, shape, attributes } = node;
    const inputs = node.inputs as readonly [Node, Node];
    const width = shape.slice(1).reduce((product, length) => product * length, 1);
    if (shape[0] !== this.#step.batch || shape.slice(1).some((length) => length % this.#step.batch === 0 && length > 0)) {
      return this.#refuse(node, "moves or mixes the rows of a batch");
    }
    if (node.leaf !== undefined) return rows.leaf(node.leaf, width);
    if (operation === "constant") return rows.element("copy", [this.#argument(node, node)], width);
    if (elementwise.has(operation)) {
      const args = node.inputs.map((input) => this.#argument(input, node));
      return rows.element(operation as ElementOperation, args, width);
    }
    switch (operation) {
      case "cast": {
        const { dtype } = attributes as CastAttributes;
        const from = this.#argument(inputs[0], node);
        if (dtype === "bool") return rows.element("truth", [from], width);
        if (dtype !== "float32") break;
        return inputs[0].dtype === "bool" ? rows.element("number", [from], width) : this.row(inputs[0]);
      }
      case "copy":
        return this.row(inputs[0]);
      case "reshape":
        if (inputs[0].shape[0] === this.#step.batch) return this.row(inputs[0]);
        return this.#refuse(node, "moves or mixes the rows of a batch");
      case "broadcastTo":
        return rows.element("copy", [this.#argument(node, node)], width);
      case "permute": {
        const { axes } = attributes as PermuteAttributes;
        const moving = axes.filter((axis) => shape[axes.indexOf(axis)] !== 1);
        if (moving.every((axis, index) => index === 0 || axis > (moving[index - 1] as number))) return this.row(inputs[0]);
        break;
      }
      case "matmul":
        return this.#product(node);
      case "slice": {
        const { starts, sizes, steps } = attributes as SliceAttributes;
        const [start = 0, size = 0] = [starts[1], sizes[1]];
        if (shape.length !== 2 || starts[0] !== 0 || steps.some((step) => step !== 1)) break;
        return rows.slice(this.row(inputs[0]), start, size);
      }
      case "split": {
        const { axis, sizes } = attributes as SplitAttributes;
        if (shape.length !== 2 || axis !== 1) break;
        const start = sizes.slice(0, node.output).reduce((sum, size) => sum + size, 0);
        return rows.slice(this.row(inputs[0]), start, sizes[node.output] as number);
      }
      case "concat":
        if (shape.length !== 2 || (attributes as AxisAttributes).axis !== 1) break;
        return rows.concat(node.inputs.map((input) => this.row(input)));
      case "pad": {
        const { before, after, value } = attributes as PadAttributes;
        if (shape.length !== 2 || before[0] !== 0 || after[0] !== 0) break;
        const border = (size = 0): Row[] => (size === 0 ? [] : [rows.element("copy", [literal(value)], size)]);
        return rows.concat([...border(before[1]), this.row(inputs[0]), ...border(after[1])]);
      }
      case "sum":
      case "max":
      case "min": {
        const { axes } = attributes as ReduceAttributes;
        if (inputs[0].shape.length === 2 && axes.length === 1 && axes[0] === 1) {
          return rows.kernel(operation, this.row(inputs[0]), 1);
        }
        break;
      }
      case "softmax":
      case "logSoftmax":
        if (shape.length === 2 && (attributes as AxisAttributes).axis === 1)
          return rows.kernel(operation, this.row(inputs[0]), width);
        break;
      default:
    }
    return this.#refuse(node, "has no form for rows of a batch");
  }

  // What an element-wise operation reads, without the repetition that broadcasting makes.
  #argument(node: Node, reader: Node): Argument {
    const { batch } = this.#step;
    const rank = reader.shape.length;
    const width = reader.shape.slice(1).reduce((product, length) => product * length, 1);
    if (node.literal !== undefined) return literal(node.literal);
    if (node.operation === "broadcastTo") {
      const [source] = node.inputs as [Node];
      const widths = [1, node.shape.slice(1).reduce((product, length) => product * length, 1)];
      const own = source.shape.reduce((product, length) => product * length, 1) / (this.isBatched(source) ? batch : 1);
      if (widths.includes(own)) return this.#argument(source, { ...node, shape: node.shape });
    }
    if (this.isBatched(node)) {
      const row = this.row(node);
      const aligned = node.shape.length === rank && node.shape[0] === batch;
      if (aligned && (row.width === width || row.width === 1)) return row;
      return this.#refuse(reader, `broadcasts [${node.shape.join(", ")}] over more than columns`);
    }
    if (this.dependsOnRows(node)) return this.#refuse(reader, "mixes the rows of a batch");
    const size = node.shape.reduce((product, length) => product * length, 1);
    const trailing = node.shape.length <= rank && (node.shape.length < rank || node.shape[0] === 1);
    if (trailing && (size === 1 || size === width)) return vector(node, size);
    return this.#refuse(reader, `broadcasts [${node.shape.join(", ")}] over more than columns`);
  }

  #product(node: Node): Row {
    const [left, right] = node.inputs as readonly [Node, Node];
    if (left.shape.length !== 2 || right.shape.length !== 2 || this.isBatched(right) || this.dependsOnRows(right)) {
      return this.#refuse(node, "multiplies by something that is no weight");
    }
    const [rows, columns] = right.shape as [number, number];
    return this.rows.product(this.row(left), { node: right, firstRow: 0, rows, firstColumn: 0, columns });
  }

  #reduce(node: Node): void {
    if (this.#reductions.has(node) || !this.dependsOnRows(node)) return;
    const { operation, attributes } = node;
    const inputs = node.inputs as readonly [Node, Node];
    if (operation === "matmul" && this.isBatched(inputs[0]) && inputs[0].shape.length === 2 && inputs[1].shape.length === 2) {
      const a = turned(inputs[0]);
      if (a !== undefined && inputs[1].shape[0] === this.#step.batch) {
        this.#reductions.set(node, { kind: "outer", a: this.row(a), b: this.row(inputs[1]) });
        return;
      }
    }
    if (operation === "sum" && this.isBatched(inputs[0]) && (attributes as ReduceAttributes).axes.includes(0)) {
      this.#reductions.set(node, { kind: "columns", of: this.row(inputs[0]) });
      return;
    }
    const depending = node.inputs.filter((input) => this.dependsOnRows(input));
    const once = !["mul", "div", "matmul", "where"].includes(operation) || depending.length === 1;
    const divided = operation === "div" && depending[0] !== inputs[0];
    if (!linear.has(operation) || !once || divided || this.isBatched(node)) this.#refuse(node, "mixes the rows of a batch");
    depending.forEach((input) => this.#reduce(input));
  }

  #refuse(node: Node, why: string): never {
    const { name, batch } = this.#step;
    const operands = node.inputs.map(({ shape }) => formatBatched(shape, batch)).join(", ");
    const what = node.leaf === undefined ? `${node.operation} of ${operands}` : `${node.leaf.kind} ${node.leaf.name}`;
    throw new CompileError("unsupported", `${name}: ${what} ${why}; use engine: "tape"`);
  }
}

/** The node that `node` is the transpose of. */
function turned(node: Node): Node | undefined {
  if (node.operation !== "permute") return undefined;
  const { axes } = node.attributes as PermuteAttributes;
  return axes.length === 2 && axes[0] === 1 ? node.inputs[0] : undefined;
}
