import type { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import type { AttributeProto, NodeProto } from "../generated/onnx_pb.js";
import { decodeTensor } from "./tensor-proto.js";

/** What a node is given to run. */
export interface OperatorSurroundings {
  readonly inputs: readonly (Tensor | undefined)[];
  /** Version of the operators of this model. */
  readonly opset: number;
  /** Runs the graph that is the attribute of that name: its outputs in order. */
  readonly runGraph: (name: string, inputs: readonly Tensor[]) => readonly Tensor[];
}

/** One node of a graph about to run: its inputs and attributes. */
export class OperatorCall {
  readonly node: NodeProto;
  /** Version of the operators of this model. */
  readonly opset: number;
  /** Runs the graph that is the attribute of that name: its outputs in order. */
  readonly runGraph: OperatorSurroundings["runGraph"];
  readonly #inputs: readonly (Tensor | undefined)[];
  readonly #attributes: ReadonlyMap<string, AttributeProto>;

  constructor(node: NodeProto, { inputs, opset, runGraph }: OperatorSurroundings) {
    this.node = node;
    this.opset = opset;
    this.runGraph = runGraph;
    this.#inputs = inputs;
    this.#attributes = new Map(node.attribute.map((attribute) => [attribute.name, attribute]));
  }

  /** What went in; undefined where an optional input was left out. */
  get inputs(): readonly (Tensor | undefined)[] {
    return this.#inputs;
  }

  /** An input that must be there. */
  input(index: number): Tensor {
    return this.#inputs[index] ?? fail("format", `run ONNX: ${this.described} needs input ${index}`);
  }

  /** An input that may be left out. */
  optional(index: number): Tensor | undefined {
    return this.#inputs[index];
  }

  /** The integers of an input such as `axes`, or else of the attribute that older versions have in its place. */
  integers(index: number, attribute: string): readonly number[] | undefined {
    const tensor = this.#inputs[index];
    return tensor === undefined ? this.ints(attribute) : Array.from(tensor.toTypedArray());
  }

  int(name: string, otherwise: number): number {
    const attribute = this.#attributes.get(name);
    return attribute === undefined ? otherwise : Number(attribute.i);
  }

  float(name: string, otherwise: number): number {
    return this.#attributes.get(name)?.f ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    const bytes = this.#attributes.get(name)?.s;
    return bytes === undefined ? otherwise : new TextDecoder().decode(bytes);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#attributes.get(name)?.ints.map(Number);
  }

  floats(name: string): readonly number[] {
    return this.#attributes.get(name)?.floats ?? [];
  }

  texts(name: string): readonly string[] | undefined {
    return this.#attributes.get(name)?.strings.map((bytes) => new TextDecoder().decode(bytes));
  }

  tensor(name: string): Tensor | undefined {
    const proto = this.#attributes.get(name)?.t;
    return proto === undefined ? undefined : decodeTensor(proto);
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  /** The node in messages. */
  get described(): string {
    return describeNode(this.node);
  }
}

/** Runs one operator: its outputs in order. */
export type Operator = (call: OperatorCall) => readonly Tensor[];

/** A node in messages: its operator and its name, or that of its first output. */
export function describeNode({ opType, name, output }: NodeProto): string {
  return `${opType} ${JSON.stringify(name === "" ? (output[0] ?? "") : name)}`;
}
