import {
  dispatch,
  evaluator,
  sameShape,
  Tensor,
  type DenseTensor,
  type DType,
  type Interpreter,
  type Primitive,
  type Shape,
  type ShapedArray,
} from "@unroll/tensor";

import { fail } from "../error.js";
import { emitters } from "./emitters.js";
import { GraphBuilder } from "./graph-builder.js";
import type { NodeAttributes } from "./recorded-graph.js";

/** What sets one traced tensor apart from others of its shape. */
export interface TracedOrigin {
  /** Gives its elements, where they are part of the model or follow from it alone. */
  readonly known?: (() => Tensor) | undefined;
  /** The tensor that has the same elements in the same order under another shape. */
  readonly reshaped?: Traced | undefined;
}

/** A tensor without elements, whose operations become nodes of a graph. */
export class Traced extends Tensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly interpreter: Trace;
  /** Of the value in the graph. */
  readonly name: string;
  readonly origin: TracedOrigin;

  constructor({ shape, dtype }: ShapedArray, trace: Trace, name: string, origin: TracedOrigin = {}) {
    super();
    this.shape = shape;
    this.dtype = dtype;
    this.interpreter = trace;
    this.name = name;
    this.origin = origin;
  }

  override toDense(): DenseTensor {
    return (
      this.origin.known?.().toDense() ??
      fail(
        "value",
        "exportOnnx: forward must not read elements of its inputs, or of what follows from them: a graph has no branches on them; use where()",
      )
    );
  }

  override dispose(): void {
    // There are no elements to free.
  }
}

/** Who traces some of these tensors; undefined where all have elements. */
export function traceOf(tensors: readonly (Tensor | undefined)[]): Trace | undefined {
  return tensors.find((tensor) => tensor instanceof Traced)?.interpreter;
}

/** Writes each primitive into a graph. Nothing is computed: only shapes and dtypes are known. */
export class Trace implements Interpreter {
  readonly level = 1;
  readonly name = "onnx";
  #graph: GraphBuilder;
  readonly #names = new Map<Tensor, string>();

  /** @param options - `opset`, the version of the operators. */
  constructor({ opset }: { readonly opset: number }) {
    this.#graph = new GraphBuilder({ opset });
  }

  /** The graph that is being written. */
  get graph(): GraphBuilder {
    return this.#graph;
  }

  /** Lets `run` write into a graph of its own, which may read what lies outside. */
  inside<R>(run: (graph: GraphBuilder) => R): R {
    const outside = this.#graph;
    this.#graph = new GraphBuilder(outside);
    try {
      return run(this.#graph);
    } finally {
      this.#graph = outside;
    }
  }

  /** A value of the graph as a tensor. */
  tensor(form: ShapedArray, name: string, known?: Tensor): Traced {
    return new Traced(form, this, name, { known: known && (() => known) });
  }

  /** The name of a tensor in the graph; one that is no part of it yet becomes a constant. */
  nameOf(tensor: Tensor): string {
    if (tensor instanceof Traced && tensor.interpreter === this) return tensor.name;
    let name = this.#names.get(tensor);
    if (name === undefined) this.#names.set(tensor, (name = this.#graph.initializer(tensor.toDense())));
    return name;
  }

  /** Adds a node of any operator: undefined inputs are left out, `forms` says what it gives. */
  node(
    opType: string,
    inputs: readonly (Tensor | undefined)[],
    { attributes, forms }: { readonly attributes: NodeAttributes; readonly forms: readonly ShapedArray[] },
  ): Traced[] {
    const given = inputs.map((input) => (input === undefined ? "" : this.nameOf(input)));
    while (given.at(-1) === "") given.pop();
    const names = this.#graph.node(opType, given, attributes, forms.length);
    return forms.map((form, index) => this.tensor(form, names[index] as string));
  }

  apply(primitive: Primitive, inputs: readonly Tensor[], attributes: object): Tensor[] {
    const emit = emitters[primitive.name];
    if (emit === undefined)
      return fail("format", `exportOnnx: ${primitive.name} has no counterpart in ONNX; leave it out of forward`);
    const outputs = primitive.infer(inputs, attributes as never);
    const [first] = inputs as [Tensor];
    if ((primitive.name === "concat" && inputs.length === 1) || (primitive.name === "split" && outputs.length === 1))
      return [first];
    // A chain of reshapes is one.
    const reshaped = primitive.name === "reshape" && first instanceof Traced ? (first.origin.reshaped ?? first) : undefined;
    if (reshaped !== undefined && sameShape(reshaped.shape, (outputs[0] as ShapedArray).shape)) return [reshaped];
    const names = emit({
      graph: this.#graph,
      inputs: (reshaped === undefined ? inputs : [reshaped]).map((input) => ({
        name: this.nameOf(input),
        shape: input.shape,
        dtype: input.dtype,
      })),
      outputs,
      attributes: attributes as never,
    });
    const known = inputs.every(isKnown)
      ? once(() =>
          dispatch(
            primitive,
            inputs.map((input) => input.toDense()),
            attributes,
          ),
        )
      : undefined;
    return outputs.map(
      (form, index) =>
        new Traced(form, this, names[index] as string, { reshaped, known: known && (() => known()[index] as Tensor) }),
    );
  }

  constant(value: number, dtype: DType): Tensor {
    return evaluator.constant(value, dtype);
  }
}

function isKnown(tensor: Tensor): boolean {
  return !(tensor instanceof Traced) || tensor.origin.known !== undefined;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
