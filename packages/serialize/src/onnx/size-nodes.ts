import { full, type DType } from "@unroll/tensor";

import type { Extent } from "./extent.js";
import type { Constant, RecordedNode } from "./recorded-graph.js";
import { elementOfDtype } from "./tensor-proto.js";

/** An axis of an input of a graph. */
export interface AxisSource {
  readonly input: string;
  readonly axis: number;
}

/** A tensor of one value everywhere. */
export interface Filling {
  readonly shape: readonly Extent[];
  readonly dtype: DType;
  /** A number, or what it follows from. */
  readonly value: number | Extent;
}

/** The nodes that compute sizes from the shapes of a graph's inputs; they stand first in it. */
export class SizeNodes {
  readonly nodes: RecordedNode[] = [];
  readonly constants: Map<string, Constant> = new Map();
  readonly #sources: Readonly<Record<string, AxisSource>>;
  readonly #known = new Map<string, string>();
  #count = 0;

  constructor(sources: Readonly<Record<string, AxisSource>>) {
    this.#sources = sources;
  }

  /** Several numbers as one list of int64 with the given name. */
  list(extents: readonly Extent[], name: string): string {
    const parts = extents.map((extent) => this.#extent(extent));
    return this.#node("Concat", parts, { attributes: { axis: 0 }, name });
  }

  /** A tensor of one value everywhere with the given name. */
  fill(name: string, { shape, dtype, value }: Filling): string {
    const fixed = shape.length === 0 ? name : undefined;
    let scalar: string;
    if (typeof value === "number") {
      scalar = this.#constant(`fill:${dtype}:${value}`, () => full([], value, { dtype }));
    } else {
      const cast = this.#node("Cast", [this.#extent(value)], { attributes: { to: elementOfDtype[dtype] } });
      scalar = this.#node("Squeeze", [cast], { name: fixed });
    }
    if (fixed !== undefined) return scalar;
    const extents = this.#memo(`list:${JSON.stringify(shape)}`, (key) => this.list(shape, key));
    return this.#node("Expand", [scalar, extents], { name });
  }

  // `[1]` int64.
  #extent({ factor, axes, offset }: Extent): string {
    if (axes.length === 0) return this.#integer(offset);
    const lengths = axes.map((axis) => this.#length(axis));
    const product = lengths.reduce((left, right) => this.#computed("Mul", left, right));
    const scaled = factor === 1 ? product : this.#computed("Mul", product, this.#integer(factor));
    return offset === 0 ? scaled : this.#computed("Add", scaled, this.#integer(offset));
  }

  #length(axis: string): string {
    return this.#memo(`length:${axis}`, () => {
      const source = this.#sources[axis] as AxisSource;
      const shape = this.#memo(`shape:${source.input}`, () => this.#node("Shape", [source.input]));
      return this.#node("Gather", [shape, this.#integer(source.axis)], { attributes: { axis: 0 } });
    });
  }

  #integer(value: number): string {
    return this.#constant(`integer:${value}`, () => ({ integers: [value], inferable: false }));
  }

  #computed(opType: string, left: string, right: string): string {
    return this.#memo(`${opType}:${left}:${right}`, () => this.#node(opType, [left, right]));
  }

  #constant(key: string, make: () => Constant): string {
    return this.#memo(key, (name) => {
      this.constants.set(name, make());
      return name;
    });
  }

  #node(
    opType: string,
    inputs: readonly string[],
    {
      attributes = {},
      name = this.#fresh(),
    }: { readonly attributes?: RecordedNode["attributes"]; readonly name?: string | undefined } = {},
  ): string {
    this.nodes.push({ opType, inputs, outputs: [name], attributes });
    return name;
  }

  #memo(key: string, make: (name: string) => string): string {
    let name = this.#known.get(key);
    if (name === undefined) this.#known.set(key, (name = make(this.#fresh())));
    return name;
  }

  #fresh(): string {
    return `size_${this.#count++}`;
  }
}
