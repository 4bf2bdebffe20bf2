import type { DType } from "../dtype.js";
import type { Shape, Strided } from "../shape.js";

/** A shape and a dtype without elements: what shape rules work on. */
export interface ShapedArray {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Where a view of a shape finds its elements; without strides, in row-major order. */
export interface ViewLayout {
  readonly strides?: readonly number[];
  readonly offset: number;
}

/** What a view is made of. */
export type StridedLayout = Strided & { readonly offset: number; readonly isContiguous: boolean };

/** One operation of the small set everything else composes from: its name and its shape rule. */
export interface Primitive<A = never> {
  readonly name: string;
  /** The shapes and dtypes of the outputs, or a `TensorError` that says what is wrong. */
  infer(inputs: readonly ShapedArray[], attributes: A): ShapedArray[];
  /** For views: the layouts of the outputs over the storage of the first input; undefined where a copy is needed first. */
  layouts?(input: StridedLayout, attributes: A): ViewLayout[] | undefined;
}
