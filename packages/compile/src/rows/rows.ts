import type { Node } from "../trace/graph.js";
import type {
  Argument,
  ConcatRow,
  ElementOperation,
  ElementRow,
  KernelRow,
  LeafRow,
  Literal,
  Matrix,
  ProductRow,
  Row,
  RowKernelName,
  SliceRow,
  Vector,
} from "./row.js";

const truths: ReadonlySet<ElementOperation> = new Set(["equal", "less", "lessEqual", "truth"]);

/**
 * Makes rows in one normal form: slices stand at what is in memory, concatenations at the outside, and equal rows are one. So
 * the gates of a cell become operations of one width, however its step cuts and joins them.
 */
export class Rows {
  readonly #known = new Map<string, Row>();
  #next = 0;

  leaf(leaf: LeafRow["leaf"], width: number): LeafRow {
    return this.#intern<LeafRow>(`leaf ${leaf.kind} ${leaf.name}`, { kind: "leaf", leaf, width });
  }

  element(operation: ElementOperation, args: readonly Argument[], width: number): Row {
    const simple = simplified(operation, args, width);
    if (simple !== undefined) return simple;
    const cuts = new Set<number>();
    for (const arg of args) {
      if (arg.kind !== "concat" || arg.width === 1) continue;
      let end = 0;
      for (const part of arg.parts) cuts.add((end += part.width));
    }
    if (cuts.size > 0) {
      const ends = [...cuts].sort((a, b) => a - b);
      const parts = ends.map((end, index) => {
        const start = ends[index - 1] ?? 0;
        const cut = args.map((arg) => this.cutArgument(arg, start, end - start));
        return this.element(operation, cut, end - start);
      });
      return this.concat(parts);
    }
    const truth =
      truths.has(operation) ||
      (["minimum", "maximum", "copy", "where"].includes(operation) &&
        args.slice(-1).every((arg) => arg.kind === "element" && arg.truth));
    const key = `${operation} ${width} ${args.map(keyOf).join(" ")}`;
    return this.#intern<ElementRow>(key, { kind: "element", operation, args, width, truth });
  }

  /** A row as a value of its own: inputs and cuts of other values are copied. */
  own(row: Row): Row {
    if (row.kind !== "leaf" && row.kind !== "slice") return row;
    return this.#intern<ElementRow>(`own ${row.id}`, {
      kind: "element",
      operation: "copy",
      args: [row],
      width: row.width,
      truth: false,
    });
  }

  /** A product whose left side joins inputs of the step becomes a sum of products, so that each can run when its input is there. */
  product(left: Row, right: Matrix): Row {
    if (left.kind === "concat" && left.parts.some(isInput)) {
      let start = 0;
      const products = apart(left.parts).map((parts) => {
        const part = this.concat(parts);
        const product = this.product(part, { ...right, firstRow: right.firstRow + start, rows: part.width });
        start += part.width;
        return product;
      });
      return products.reduce((sum, product) => this.element("add", [sum, product], right.columns));
    }
    const { node, firstRow, rows, firstColumn, columns } = right;
    const key = `product ${left.id} n${node.id} ${firstRow}+${rows} ${firstColumn}+${columns}`;
    return this.#intern<ProductRow>(key, { kind: "product", left, right, width: columns });
  }

  kernel(name: RowKernelName, of: Row, width: number): KernelRow {
    return this.#intern<KernelRow>(`${name} ${of.id}`, { kind: "kernel", name, of, width });
  }

  concat(parts: readonly Row[]): Row {
    const flat = parts.flatMap((part) => (part.kind === "concat" ? part.parts : [part])).filter(({ width }) => width > 0);
    const joined: Row[] = [];
    for (const part of flat) {
      const before = joined.at(-1);
      const whole = before && this.#rejoined(before, part);
      if (whole === undefined) joined.push(part);
      else joined[joined.length - 1] = whole;
    }
    const [only] = joined;
    if (joined.length === 1 && only !== undefined) return only;
    const width = joined.reduce((sum, part) => sum + part.width, 0);
    return this.#intern<ConcatRow>(`concat ${joined.map(({ id }) => id).join(" ")}`, { kind: "concat", parts: joined, width });
  }

  slice(row: Row, offset: number, width: number): Row {
    if (offset === 0 && width === row.width) return row;
    switch (row.kind) {
      case "element":
        return this.element(
          row.operation,
          row.args.map((arg) => this.cutArgument(arg, offset, width)),
          width,
        );
      case "product":
        return this.product(row.left, { ...row.right, firstColumn: row.right.firstColumn + offset, columns: width });
      case "slice":
        return this.slice(row.of, row.offset + offset, width);
      case "concat": {
        let start = 0;
        const parts = row.parts.flatMap((part) => {
          const from = Math.max(offset - start, 0);
          const to = Math.min(offset + width - start, part.width);
          start += part.width;
          return to > from ? [this.slice(part, from, to - from)] : [];
        });
        return this.concat(parts);
      }
      default:
        return this.#intern<SliceRow>(`slice ${row.id} ${offset} ${width}`, { kind: "slice", of: row, offset, width });
    }
  }

  /** The columns of an argument that go with a cut of the result. */
  cutArgument(arg: Argument, offset: number, width: number): Argument {
    if (arg.kind === "literal" || arg.width === 1) return arg;
    return arg.kind === "vector" ? { ...arg, offset: arg.offset + offset, width } : this.slice(arg, offset, width);
  }

  // Two neighbours that were cut from one value.
  #rejoined(a: Row, b: Row): Row | undefined {
    if (a.kind === "product" && b.kind === "product" && a.left === b.left && follows(a.right, b.right)) {
      return this.product(a.left, { ...a.right, columns: a.right.columns + b.right.columns });
    }
    const [first, second] = [a, b].map((row) => (row.kind === "slice" ? row : undefined));
    if (first === undefined || second === undefined || first.of !== second.of) return undefined;
    if (first.offset + first.width !== second.offset) return undefined;
    return this.slice(first.of, first.offset, first.width + second.width);
  }

  #intern<R extends Row>(key: string, row: Omit<R, "id">): R {
    const known = this.#known.get(key);
    if (known !== undefined) return known as R;
    const made = { ...row, id: this.#next++ } as R;
    this.#known.set(key, made);
    return made;
  }
}

/** Whether `b` holds the columns after those of `a`. */
export function follows(a: Matrix, b: Matrix): boolean {
  return a.node === b.node && a.firstRow === b.firstRow && a.rows === b.rows && a.firstColumn + a.columns === b.firstColumn;
}

/** A number. */
export function literal(value: number): Literal {
  return { kind: "literal", value };
}

/** A whole value without a batch axis, read as a row of `width`. */
export function vector(node: Node, width: number): Vector {
  return { kind: "vector", node, offset: 0, width };
}

function isInput(row: Row): boolean {
  return row.kind === "leaf" || (row.kind === "slice" && row.of.kind === "leaf");
}

// Inputs each for itself, what stands between them together.
function apart(parts: readonly Row[]): Row[][] {
  const groups: Row[][] = [];
  parts.forEach((part, index) => {
    const before = parts[index - 1];
    if (before === undefined || isInput(part) || isInput(before)) groups.push([part]);
    else groups.at(-1)?.push(part);
  });
  return groups;
}

function keyOf(arg: Argument): string {
  if (arg.kind === "literal") return `=${Object.is(arg.value, -0) ? "-0" : arg.value}`;
  return arg.kind === "vector" ? `n${arg.node.id}+${arg.offset}:${arg.width}` : `r${arg.id}`;
}

// Adding 0 and multiplying by 1, which cuts and joins leave behind.
function simplified(operation: ElementOperation, [a, b]: readonly Argument[], width: number): Row | undefined {
  const row = (arg: Argument | undefined): Row | undefined =>
    arg !== undefined && arg.kind !== "literal" && arg.kind !== "vector" && arg.width === width ? arg : undefined;
  const is = (arg: Argument | undefined, value: number): boolean => arg?.kind === "literal" && arg.value === value;
  if (operation === "copy" && b === undefined) return row(a);
  if (operation === "add") return is(b, 0) ? row(a) : is(a, 0) ? row(b) : undefined;
  if (operation === "mul") return is(b, 1) ? row(a) : is(a, 1) ? row(b) : undefined;
  return undefined;
}
