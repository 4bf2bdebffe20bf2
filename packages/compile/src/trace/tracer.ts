import {
  primitives,
  referenceBackend,
  Tensor,
  type Backend,
  type DenseTensor,
  type DType,
  type Interpreter,
  type PermuteAttributes,
  type Primitive,
  type PrimitiveName,
  type Shape,
  type Storage,
  type TypedArray,
} from "@unroll/tensor";

import { CompileError } from "../error.js";
import { formatBatched, Graph, type Leaf, type Node } from "./graph.js";

/** A tensor without elements: operations on it become nodes of a graph. */
export class Tracer extends Tensor {
  readonly node: Node;
  readonly interpreter: Trace;

  constructor(node: Node, trace: Trace) {
    super();
    this.node = node;
    this.interpreter = trace;
  }

  override get shape(): Shape {
    return this.node.shape;
  }

  override get dtype(): DType {
    return this.node.dtype;
  }

  /** @throws CompileError `untraceable`: there are no elements to read. */
  override toDense(): DenseTensor {
    throw new CompileError(
      "untraceable",
      `${this.interpreter.step}: a step that is compiled may not read elements (item, toTypedArray, printing, branching on them); use where, or engine: "tape"`,
    );
  }

  override dispose(): void {
    // Nothing is held.
  }
}

// A block that was made while a step was traced.
class ConstantStorage implements Storage {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly length: number;
  readonly #block: Storage;

  constructor(backend: Backend, block: Storage) {
    this.backend = backend;
    this.dtype = block.dtype;
    this.length = block.length;
    this.#block = block;
  }

  get data(): TypedArray {
    return this.#block.data;
  }

  get disposed(): boolean {
    return this.#block.disposed;
  }

  dispose(): void {
    this.#block.dispose();
  }
}

// What two permutations in a row leave as it was.
function unturned({ operation, inputs, attributes }: Node, { axes }: PermuteAttributes): Node | undefined {
  if (operation !== "permute") return undefined;
  const before = (attributes as PermuteAttributes).axes;
  return axes.every((axis, index) => before[axis] === index) ? inputs[0] : undefined;
}

/** Records what happens to its tracers. It stands above plain tensors and below every tape, so that gradients are traced, too. */
export class Trace implements Interpreter {
  readonly level = 0.5;
  readonly name = "trace";
  readonly graph: Graph = new Graph();
  /** Names the step in errors. */
  readonly step: string;
  /** Makes constants while the step runs: what lies elsewhere existed before. */
  readonly backend: Backend;
  readonly #batch: number;

  /** @param batch - stands for the size of the batch; no other size may equal it. */
  constructor(step: string, batch: number) {
    this.step = step;
    this.#batch = batch;
    const backend: Backend = {
      ...referenceBackend,
      allocate: (dtype, length) => new ConstantStorage(backend, referenceBackend.allocate(dtype, length)),
    };
    this.backend = backend;
  }

  leaf(leaf: Leaf, { shape, dtype }: { readonly shape: Shape; readonly dtype: DType }): Tracer {
    return new Tracer(this.graph.add({ operation: "leaf", leaf, shape, dtype }), this);
  }

  apply(primitive: Primitive, inputs: readonly Tensor[], attributes: object): Tensor[] {
    const nodes = inputs.map((input) => this.nodeOf(input));
    const turnedBack = primitive === primitives.permute ? unturned(nodes[0] as Node, attributes as PermuteAttributes) : undefined;
    if (turnedBack !== undefined) return [new Tracer(turnedBack, this)];
    const outputs = primitive.infer(nodes, attributes as never);
    return outputs.map(({ shape, dtype }, output) => {
      const operation = primitive.name as PrimitiveName;
      return new Tracer(this.graph.add({ operation, inputs: nodes, attributes, output, shape, dtype }), this);
    });
  }

  constant(value: number, dtype: DType): Tensor {
    return new Tracer(this.graph.add({ operation: "constant", literal: value, shape: [], dtype }), this);
  }

  /**
   * The node of a tensor; a plain one becomes a constant.
   *
   * @throws CompileError `untraceable` for a tensor that existed before the step began.
   */
  nodeOf(x: Tensor): Node {
    if (x.interpreter === this) return (x as Tracer).node;
    if (x.interpreter.level !== 0) this.#captured(x);
    const dense = x.toDense();
    if (dense.storage.backend !== this.backend) this.#captured(x);
    const { shape, dtype } = dense;
    const elements = dense.toTypedArray();
    const first = elements[0] ?? 0;
    if (elements.every((value) => Object.is(value, first))) {
      return this.graph.add({ operation: "constant", literal: first, shape, dtype });
    }
    if (shape[0] !== this.#batch) return this.graph.add({ operation: "constant", elements: dense, shape, dtype });
    const row = dense.slice({ axis: 0, stop: 1 });
    if (!elements.every((value, at) => Object.is(value, elements[at % row.size]))) {
      this.#refuse(`makes a tensor ${this.#shapeOf(x)} whose rows differ, as random draws do; give it as an input`);
    }
    const one = this.graph.add({ operation: "constant", elements: row.toDense(), shape: row.shape, dtype });
    return this.graph.add({ operation: "broadcastTo", inputs: [one], attributes: { shape }, shape, dtype });
  }

  #captured(x: Tensor): never {
    this.#refuse(`reads a tensor ${this.#shapeOf(x)} that is not among its parameters; declare it as one`);
  }

  #refuse(what: string): never {
    throw new CompileError("untraceable", `${this.step}: ${what}, or use engine: "tape"`);
  }

  #shapeOf({ shape }: Tensor): string {
    return formatBatched(shape, this.#batch);
  }
}
