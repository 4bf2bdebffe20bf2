import { full, type DType } from "@unroll/tensor";

import type { Extent } from "./extent.js";
import type { Constant, RecordedNode } from "./recorded-graph.js";
import { elementOfDtype } from "./tensor-proto.js";

/** An axis of an input of a graph. */
export interface AxisSource {
  readonly input: string;
  readonly axis: number;
}

/** A tensor whose elements are `start + step * position`, in row-major order. */
export interface Filling {
  readonly shape: readonly Extent[];
  readonly dtype: DType;
  /** A number, or what it follows from. */
  readonly start: number | Extent;
  readonly step: number;
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

  /** A tensor whose elements count evenly with the given name. */
  fill(name: string, { shape, dtype, start, step }: Filling): string {
    const first = typeof start === "number" ? this.#number(start, dtype) : this.#scalar(start, dtype);
    if (shape.length === 0) return this.#node("Identity", [first], { name });
    const lengths = this.#memo(`list:${JSON.stringify(shape)}`, (key) => this.list(shape, key));
    if (step === 0) return this.#node("Expand", [first, lengths], { name });
    const count = this.#memo(`count:${JSON.stringify(shape)}`, () =>
      this.#node("ReduceProd", [lengths], { attributes: { keepdims: 0 } }),
    );
    const [from, by] = [0, 1].map((value) => this.#squeezed(this.#integer(value))) as [string, string];
    const positions = this.#node("Cast", [this.#node("Range", [from, count, by])], { attributes: { to: elementOfDtype[dtype] } });
    const steps = this.#node("Mul", [positions, this.#number(step, dtype)]);
    return this.#node("Reshape", [this.#node("Add", [steps, first]), lengths], { name });
  }

  #number(value: number, dtype: DType): string {
    return this.#constant(`number:${dtype}:${value}`, () => full([], value, { dtype }));
  }

  #scalar(extent: Extent, dtype: DType): string {
    const cast = this.#node("Cast", [this.#extent(extent)], { attributes: { to: elementOfDtype[dtype] } });
    return this.#squeezed(cast);
  }

  #squeezed(name: string): string {
    return this.#memo(`squeezed:${name}`, () => this.#node("Squeeze", [name]));
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
    return this.#constant(`integer:${value}`, () => ({ integers: [value] }));
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
