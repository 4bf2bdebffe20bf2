import fc from "fast-check";

import { concat, pad, where } from "../create.js";
import type { Tensor } from "../tensor.js";
import { anyBroadcast, anyShapeAndAxis, anyView } from "./layout.js";
import { parameters, type Property } from "./property.js";

const pairs: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  add: (a, b) => a.add(b),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.mul(b),
  div: (a, b) => a.div(b.abs().maximum(1)),
  maximum: (a, b) => a.maximum(b),
  minimum: (a, b) => a.minimum(b),
  equal: (a, b) => a.equal(b),
  less: (a, b) => a.less(b),
  lessEqual: (a, b) => a.lessEqual(b),
  "with a number": (a, b) => a.add(2_000_000_000).mul(-3).sub(b),
  where: (a, b) => where(a.less(b), a.neg(), b.abs()),
  bool: (a, b) => a.cast("bool").add(b.cast("bool")).mul(a.sign()),
};

const alongs: Readonly<Record<string, (x: Tensor, axis: number) => Tensor>> = {
  sum: (x, axis) => x.sum({ axes: axis }),
  prod: (x, axis) => x.prod({ axes: axis, keepDims: true }),
  max: (x, axis) => x.max({ axes: axis }),
  min: (x, axis) => x.min({ axes: axis }),
  "sum of bools": (x, axis) => x.cast("bool").sum({ axes: axis }),
  argmax: (x, axis) => x.argmax({ axis }),
  argmin: (x, axis) => x.argmin({ axis, keepDims: true }),
  argsort: (x, axis) => x.argsort({ axis, descending: true }),
  cumsum: (x, axis) => x.cumsum({ axis }),
  sort: (x, axis) => x.sort({ axis }),
  concat: (x, axis) => concat([x, x.flip({ axis }), x.neg()], { axis }),
  pad: (x, axis) => pad(x, { before: x.shape.map((_, other) => Number(other === axis)), after: x.shape.map(() => 1), value: -7 }),
  cast: (x) => x.cast("float32").mul(2 ** -24),
};

/** What holds for int32 and bool, to the bit. */
export const integerProperties: readonly Property[] = [
  {
    title: "int32 and bool element by element",
    check(agrees) {
      const anyPair = fc.constantFrom(...Object.keys(pairs));
      const property = fc.property(anyPair, anyBroadcast, anyView, anyView, (name, { whole, part, swapped }, first, second) =>
        agrees((make) => {
          const left = first(make, 1, swapped ? part : whole, { kind: "integer" });
          return (pairs[name] as (a: Tensor, b: Tensor) => Tensor)(
            left,
            second(make, 2, swapped ? whole : part, { kind: "integer" }),
          );
        }),
      );
      fc.assert(property, { ...parameters, numRuns: 200 });
    },
  },
  {
    title: "int32 and bool along an axis",
    check(agrees) {
      const anyAlong = fc.constantFrom(...Object.keys(alongs));
      const property = fc.property(anyAlong, anyShapeAndAxis, anyView, (name, { shape, axis }, view) => {
        fc.pre(shape[axis] !== 0 || !["max", "min", "argmax", "argmin"].includes(name));
        agrees((make) => (alongs[name] as (x: Tensor, axis: number) => Tensor)(view(make, 1, shape, { kind: "integer" }), axis));
      });
      fc.assert(property, { ...parameters, numRuns: 200 });
    },
  },
];
