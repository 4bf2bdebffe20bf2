import type { DenseTensor, DType, PrimitiveName, Shape } from "@unroll/tensor";

/** Where a value that enters a step comes from. */
export type LeafKind =
  /** Without a batch axis, the same at every step. */
  | "weight"
  /** `[batch, width]`, the same at every step. */
  | "row"
  /** `[batch, width]`, another at every step. */
  | "step"
  /** `[batch, width]`, from the step before. */
  | "state"
  /** Gradient of the loss for what a step gives. */
  | "cotangent";

/** A value that enters a step. */
export interface Leaf {
  readonly kind: LeafKind;
  readonly name: string;
}

/** One value of a traced step. */
export interface Node {
  readonly id: number;
  readonly operation: PrimitiveName | "leaf" | "constant";
  readonly inputs: readonly Node[];
  readonly attributes: object;
  /** Which output of the operation it is. */
  readonly output: number;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly leaf: Leaf | undefined;
  /** Elements of a constant that are not all the same. */
  readonly elements: DenseTensor | undefined;
  /** The one value of all elements of a constant. */
  readonly literal: number | undefined;
}

/** The values of one traced step; equal operations on equal inputs are one node. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #known = new Map<string, Node>();

  /** The node of an operation, or the one there is already. */
  add(node: Partial<Node> & Pick<Node, "operation" | "shape" | "dtype">): Node {
    const { inputs = [], attributes = {}, output = 0, leaf, elements, literal } = node;
    const key = [
      node.operation,
      inputs.map(({ id }) => id).join(","),
      attributesText(attributes),
      output,
      leaf === undefined ? "" : `${leaf.kind}:${leaf.name}`,
      literal === undefined ? "" : `${numberText(literal)}:${node.dtype}:${node.shape.join(",")}`,
    ].join("|");
    const known = elements === undefined ? this.#known.get(key) : undefined;
    if (known !== undefined) return known;
    const { operation, shape, dtype } = node;
    const added: Node = { id: this.nodes.length, operation, inputs, attributes, output, shape, dtype, leaf, elements, literal };
    this.nodes.push(added);
    if (elements === undefined) this.#known.set(key, added);
    return added;
  }
}

/** The graph as text, with `batch` written as B: equal texts mean equal programs. */
export function graphText({ nodes }: Graph, batch: number): string {
  const sized = (text: string): string => text.replace(new RegExp(`(?<![\\d.])${batch}(?![\\d.])`, "g"), "B");
  return nodes
    .map(({ id, operation, inputs, attributes, output, shape, dtype, leaf, elements, literal }) => {
      const operands = inputs.map((input) => `n${input.id}`).join(", ");
      const what =
        leaf !== undefined
          ? `${leaf.kind} ${leaf.name}`
          : operation === "constant"
            ? `constant ${(literal === undefined ? Array.from(elements?.toTypedArray() ?? []) : [literal]).map(numberText).join(" ")}`
            : `${operation}(${operands})${output > 0 ? ` #${output}` : ""}`;
      const how = Object.keys(attributes).length === 0 ? "" : ` ${sized(attributesText(attributes))}`;
      return `n${id} = ${what}${how}: ${dtype} ${sized(JSON.stringify(shape))}`;
    })
    .join("\n");
}

/** Whether a size beside the batch, in a shape or in an attribute, is a multiple of `size`, which then cannot stand for a batch. */
export function hasMultipleOf(size: number, { nodes }: Graph, batch: number): boolean {
  const numbers = nodes.flatMap(({ shape, attributes }) => [...shape, ...integersIn(attributes)]);
  return numbers.some((value) => value !== batch && value !== 0 && value % size === 0);
}

function integersIn(value: unknown): number[] {
  if (typeof value === "number") return Number.isInteger(value) ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(integersIn) : [];
}

// JSON has one text for all numbers that are not finite, and for both zeros.
function attributesText(attributes: object): string {
  return JSON.stringify(attributes, (_, value: unknown) =>
    typeof value === "number" && (!Number.isFinite(value) || value === 0) ? numberText(value) : value,
  );
}

/** A shape as text, with the size that stands for the batch by its name. */
export function formatBatched(shape: Shape, batch: number): string {
  return `[${shape.map((length) => (length === batch ? "batch" : length)).join(", ")}]`;
}

/** A number as text; unlike JavaScript's, it tells zeros apart. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : `${value}`;
}
