import { evaluator, Tensor, type DenseTensor, type DType, type Interpreter, type Primitive, type Shape } from "@unroll/tensor";

import { fail } from "../error.js";
import { emitters } from "./emitters.js";
import type { GraphBuilder } from "./graph-builder.js";

/** A tensor whose operations become nodes of a graph. It carries its value for the example at hand. */
export class Traced extends Tensor {
  readonly value: DenseTensor;
  readonly interpreter: Interpreter;
  /** Of the value in the graph. */
  readonly name: string;

  constructor(value: DenseTensor, trace: Trace, name: string) {
    super();
    this.value = value;
    this.interpreter = trace;
    this.name = name;
  }

  override get shape(): Shape {
    return this.value.shape;
  }

  override get dtype(): DType {
    return this.value.dtype;
  }

  override toDense(): DenseTensor {
    return this.value;
  }

  override dispose(): void {
    this.value.dispose();
  }
}

/** Runs primitives on the example and writes each into a graph. */
export class Trace implements Interpreter {
  readonly level = 1;
  readonly name = "onnx";
  readonly graph: GraphBuilder;

  constructor(graph: GraphBuilder) {
    this.graph = graph;
  }

  /** The name of a tensor in the graph; one that is no part of it yet becomes a constant. */
  nameOf(tensor: Tensor): string {
    return tensor instanceof Traced && tensor.interpreter === this ? tensor.name : this.graph.initializer(tensor.toDense());
  }

  apply(primitive: Primitive, inputs: readonly Tensor[], attributes: object): Tensor[] {
    const emit = emitters[primitive.name];
    if (emit === undefined)
      return fail("format", `exportOnnx: ${primitive.name} has no counterpart in ONNX; leave it out of forward`);
    const values = evaluator.apply(
      primitive,
      inputs.map((input) => input.toDense()),
      attributes,
    ) as DenseTensor[];
    const names = emit({
      graph: this.graph,
      inputs: inputs.map((input) => ({ name: this.nameOf(input), shape: input.shape, dtype: input.dtype })),
      outputs: values,
      attributes: attributes as never,
    });
    return values.map((value, index) => new Traced(value, this, names[index] as string));
  }

  constant(value: number, dtype: DType): Tensor {
    return evaluator.constant(value, dtype);
  }
}
