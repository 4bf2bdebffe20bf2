import fc from "fast-check";

import type { Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import type { MakeOperand, OperandOptions } from "./operand.js";

/** How an axis lies in memory: as it comes, back to front, every second element, or one element repeated. */
type AxisLayout = "plain" | "reversed" | "strided" | "repeated";

/** Makes an operand of a shape as a view of another one. */
export type MakeView = (make: MakeOperand, seed: number, shape: Shape, options?: OperandOptions) => Tensor;

/** Sizes that SIMD kernels have remainders of, 0 and 1 among them. */
export const anySize: fc.Arbitrary<number> = fc.constantFrom(0, 1, 1, 2, 3, 5, 8, 9, 17);

/** Shapes of rank 0 to 4. */
export const anyShape: fc.Arbitrary<number[]> = fc.array(anySize, { maxLength: 4 });

/** Shapes of rank 1 to 3 with one of their axes. */
export const anyShapeAndAxis: fc.Arbitrary<{ readonly shape: number[]; readonly axis: number }> = fc
  .array(anySize, { minLength: 1, maxLength: 3 })
  .chain((shape) => fc.record({ shape: fc.constant(shape), axis: fc.nat(shape.length - 1) }));

/** A shape that broadcasts to another one: some leading axes dropped, some axes of size 1. */
export const broadcastable = (shape: Shape): fc.Arbitrary<number[]> =>
  fc
    .record({ dropped: fc.nat(shape.length), ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }) })
    .map(({ dropped, ones }) => shape.slice(dropped).map((length, axis) => (ones[axis] === true ? 1 : length)));

/** A shape, one that broadcasts to it, and which of them comes first. */
export const anyBroadcast: fc.Arbitrary<{ readonly whole: number[]; readonly part: number[]; readonly swapped: boolean }> =
  anyShape.chain((shape) => fc.record({ whole: fc.constant(shape), part: broadcastable(shape), swapped: fc.boolean() }));

const plain: MakeView = (make, seed, shape, options) => make(seed, shape, options);

/** Row-major operands, and views with permuted, reversed, strided and repeated axes. */
export const anyView: fc.Arbitrary<MakeView> = fc.oneof(
  fc.constant(plain),
  fc
    .record({
      layouts: fc.array(fc.constantFrom<AxisLayout>("plain", "plain", "reversed", "strided", "repeated"), {
        minLength: 4,
        maxLength: 4,
      }),
      order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    })
    .map(({ layouts, order }) => viewOf(layouts, order)),
);

function viewOf(layouts: readonly AxisLayout[], order: readonly number[]): MakeView {
  return (make, seed, shape, options) => {
    const stored = shape.map((length, axis) => {
      const layout = layouts[axis];
      return layout === "strided" ? 2 * length + 1 : layout === "repeated" ? 1 : length;
    });
    const axes = order.filter((axis) => axis < shape.length);
    const base = make(
      seed,
      axes.map((axis) => stored[axis] as number),
      options,
    );
    let view = base.permute(shape.map((_, axis) => axes.indexOf(axis)));
    for (let axis = 0; axis < shape.length; axis++) {
      if (layouts[axis] === "reversed") view = view.flip({ axis });
      if (layouts[axis] === "strided") view = view.slice({ axis, start: 1, step: 2 });
    }
    return view.broadcastTo(shape);
  };
}
