import { Tensor, type DenseTensor, type DType, type Interpreter, type Primitive, type Shape } from "@unroll/tensor";

import { CompileError } from "../error.js";
import { numberText } from "./graph.js";
import type { Tensors } from "./trace-step.js";
import type { Trace } from "./tracer.js";

// A tensor without elements, which knows its place among the values of the function.
class Probed extends Tensor {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly interpreter: Probe;

  constructor(id: number, { shape, dtype }: { readonly shape: Shape; readonly dtype: DType }, probe: Probe) {
    super();
    this.id = id;
    this.shape = shape;
    this.dtype = dtype;
    this.interpreter = probe;
  }

  override toDense(): DenseTensor {
    throw new CompileError("untraceable", "fuse: the function must not read elements");
  }

  override dispose(): void {
    // Nothing is held.
  }
}

/**
 * Follows a function without making a graph of what it does: it is kept as text, beside the numbers in it. That takes a fraction of a
 * trace's time; what has equal texts has equal traces but for the numbers. Leaves come first.
 */
export class Probe implements Interpreter {
  readonly level = 0.5;
  readonly name = "probe";
  /** Float32 numbers that stand among operands, in their order. */
  readonly numbers: number[] = [];
  readonly #calls: ((trace: Trace, values: Tensor[]) => void)[] = [];
  #text = "";
  #values = 0;

  /** A tensor that enters the function. */
  leaf(shape: Shape, dtype: DType): Tensor {
    return new Probed(this.#values++, { shape, dtype }, this);
  }

  /** What the function did to give these values. */
  textOf(outputs: Tensors): string {
    let text = this.#text;
    for (const name of Object.keys(outputs)) text += `${this.placeOf(outputs[name] as Tensor)} is ${JSON.stringify(name)};`;
    return text;
  }

  apply(primitive: Primitive, inputs: readonly Tensor[], attributes: object): Tensor[] {
    this.#text += primitive.name;
    const places = inputs.map((input) => this.placeOf(input));
    for (const place of places) this.#text += ` ${place}`;
    this.#calls.push((trace, values) => {
      const operands = places.map((place) => values[place] as Tensor);
      values.push(...trace.apply(primitive, operands, attributes));
    });
    this.#text += Object.keys(attributes).length === 0 ? ";" : ` ${JSON.stringify(attributes)};`;
    return primitive.infer(inputs, attributes as never).map((output) => this.leaf(output.shape, output.dtype));
  }

  constant(value: number, dtype: DType): Tensor {
    if (dtype === "float32") this.numbers.push(value);
    this.#text += dtype === "float32" ? "number;" : `${dtype} ${numberText(value)};`;
    this.#calls.push((trace, values) => values.push(trace.constant(value, dtype)));
    return this.leaf([], dtype);
  }

  /** Does the same on a trace; gives every value, in the order of {@link Probe.placeOf}. */
  replay(trace: Trace, leaves: readonly Tensor[]): Tensor[] {
    const values = [...leaves];
    for (const call of this.#calls) call(trace, values);
    return values;
  }

  /**
   * The place of a value among all, which begin with the leaves.
   *
   * @throws CompileError `untraceable` for a tensor from outside.
   */
  placeOf(x: Tensor): number {
    if (x.interpreter === this) return (x as Probed).id;
    throw new CompileError("untraceable", "fuse: the function must not use tensors that are not among its inputs");
  }
}
