import {
  Tensor,
  type DenseTensor,
  type DType,
  type Interpreter,
  type Primitive,
  type Shape,
  type ShapedArray,
} from "@unroll/tensor";

import { CompileError } from "../error.js";
import type { Trace } from "./tracer.js";

// A tensor without elements, which knows its place among the values of the function.
class Probed extends Tensor {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly interpreter: Probe;

  constructor(id: number, { shape, dtype }: ShapedArray, probe: Probe) {
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

// A number among operands.
interface ConstantCall {
  readonly dtype: DType;
  /** Undefined for a float32: which one it is does not matter to the path. */
  readonly value: number | undefined;
}

interface PrimitiveCall {
  readonly primitive: Primitive;
  /** Places of its inputs among the values of the function. */
  readonly inputs: readonly number[];
  readonly attributes: object;
}

// What a function has done up to some operation, and what it went on with so far.
interface Path {
  readonly call: ConstantCall | PrimitiveCall | undefined;
  readonly outputs: readonly ShapedArray[];
  readonly next: Path[];
}

/**
 * Follows a function without making a graph of what it does. What it did before is remembered, so that to follow it again takes a small
 * fraction of a trace's time; what takes the same path has the same trace but for the float32 numbers in it.
 */
export class Probe implements Interpreter {
  readonly level = 0.5;
  readonly name = "probe";
  readonly #start: Path;
  readonly #path: Path[] = [];
  readonly #values: Probed[] = [];
  #numbers: number[] = [];
  #size = 0;

  /** @param leaves - what enters the function. */
  constructor(leaves: readonly ShapedArray[]) {
    this.#start = { call: undefined, outputs: leaves, next: [] };
  }

  /** Begins again; gives the tensors that enter the function. */
  start(): readonly Tensor[] {
    this.#path.length = 0;
    this.#values.length = 0;
    this.#numbers = [];
    return this.#follow(this.#start);
  }

  /** Float32 numbers that stood among operands, in their order. */
  get numbers(): readonly number[] {
    return this.#numbers;
  }

  /** The path that the function has taken since it began: the same object where it is the same, whatever the numbers. */
  get path(): object {
    return this.#here;
  }

  /** How many operations are remembered, on all paths together. */
  get size(): number {
    return this.#size;
  }

  get #here(): Path {
    return this.#path[this.#path.length - 1] as Path;
  }

  apply(primitive: Primitive, inputs: readonly Tensor[], attributes: object): Tensor[] {
    const call: PrimitiveCall = { primitive, inputs: inputs.map((input) => this.placeOf(input)), attributes };
    for (const path of this.#here.next) if (isSamePrimitive(path.call, call)) return this.#follow(path);
    return this.#follow(this.#add(call, primitive.infer(inputs, attributes as never)));
  }

  constant(value: number, dtype: DType): Tensor {
    const isFree = dtype === "float32";
    if (isFree) this.#numbers.push(value);
    const call: ConstantCall = { dtype, value: isFree ? undefined : value };
    for (const path of this.#here.next) if (isSameConstant(path.call, call)) return this.#follow(path)[0] as Tensor;
    return this.#follow(this.#add(call, [{ shape: [], dtype }]))[0] as Tensor;
  }

  /** Does the same on a trace; gives every value at its place. */
  replay(trace: Trace, leaves: readonly Tensor[]): Tensor[] {
    const values = [...leaves];
    let number = 0;
    for (const { call } of this.#path) {
      if (call === undefined) continue;
      if ("value" in call) values.push(trace.constant(call.value ?? (this.#numbers[number++] as number), call.dtype));
      else {
        const operands = call.inputs.map((place) => values[place] as Tensor);
        values.push(...trace.apply(call.primitive, operands, call.attributes));
      }
    }
    return values;
  }

  /**
   * The place of a value among all, which begin with the leaves.
   *
   * @throws CompileError `untraceable` for a tensor from outside, or from the time before.
   */
  placeOf(x: Tensor): number {
    const { id } = x as Partial<Probed>;
    if (id !== undefined && this.#values[id] === x) return id;
    throw new CompileError("untraceable", "fuse: the function must not use tensors that are not among its inputs");
  }

  #add(call: ConstantCall | PrimitiveCall, outputs: readonly ShapedArray[]): Path {
    const path: Path = { call, outputs, next: [] };
    this.#here.next.push(path);
    this.#size++;
    return path;
  }

  #follow(path: Path): Probed[] {
    this.#path.push(path);
    const outputs = path.outputs.map((output, index) => new Probed(this.#values.length + index, output, this));
    for (const output of outputs) this.#values.push(output);
    return outputs;
  }
}

function isSamePrimitive(call: Path["call"], { primitive, inputs, attributes }: PrimitiveCall): boolean {
  if (call === undefined || "value" in call || call.primitive !== primitive || call.inputs.length !== inputs.length) return false;
  for (let index = 0; index < inputs.length; index++) if (call.inputs[index] !== inputs[index]) return false;
  // None with numbers other than sizes and axes is element-wise.
  return call.attributes === attributes || JSON.stringify(call.attributes) === JSON.stringify(attributes);
}

function isSameConstant(call: Path["call"], { dtype, value }: ConstantCall): boolean {
  return call !== undefined && "value" in call && call.dtype === dtype && Object.is(call.value, value);
}
