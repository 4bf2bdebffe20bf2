import fc from "fast-check";

import { concat, pad, where } from "../create.js";
import type { DType } from "../dtype.js";
import type { Tensor } from "../tensor.js";
import { anyBroadcast, anyShapeAndAxis, anySize, anyView } from "./layout.js";
import { parameters, type Property } from "./property.js";

const truth = (x: Tensor): Tensor => x.cast("bool");
const negative = (x: Tensor): Tensor => x.less(0);

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
  "where of bools": (a, b) => where(a.less(b), truth(a), negative(b)),
  "where of bools and integers": (a, b) => where(negative(a), truth(b), a),
  relu: (a, b) => a.relu().sub(b.relu()),
  bool: (a, b) => truth(a).add(truth(b)).mul(a.sign()),
  "bools, the larger": (a, b) => negative(a).maximum(truth(b)),
  "bools, the smaller": (a, b) => negative(a).minimum(truth(b)),
  "bools, compared": (a, b) =>
    negative(a)
      .less(truth(b))
      .equal(negative(b).lessEqual(negative(a))),
  "bools and integers, compared": (a, b) => negative(a).lessEqual(b),
  "powers of bools": (a, b) => negative(a).pow(truth(b)),
  powers: (a, b) => a.pow(truth(b).add(1)),
  "beside floats": (a, b) => a.mul(b.cast("float32")).add(truth(b)),
  "floats, masked": (a, b) => truth(a).mul(b.cast("float32")),
};

const alongs: Readonly<Record<string, (x: Tensor, axis: number) => Tensor>> = {
  sum: (x, axis) => x.sum({ axes: axis }),
  prod: (x, axis) => x.prod({ axes: axis, keepDims: true }),
  max: (x, axis) => x.max({ axes: axis }),
  min: (x, axis) => x.min({ axes: axis }),
  "sum of bools": (x, axis) => truth(x).sum({ axes: axis }),
  "prod of bools": (x, axis) => truth(x).prod({ axes: axis }),
  "max of bools": (x, axis) => negative(x).max({ axes: axis }),
  "argmax of bools": (x, axis) => negative(x).argmax({ axis }),
  argmax: (x, axis) => x.argmax({ axis }),
  argmin: (x, axis) => x.argmin({ axis, keepDims: true }),
  argsort: (x, axis) => x.argsort({ axis }),
  "argsort, descending": (x, axis) => x.argsort({ axis, descending: true }),
  "argsort of bools": (x, axis) => negative(x).argsort({ axis, descending: true }),
  cumsum: (x, axis) => x.cumsum({ axis }),
  "cumsum of bools, reversed": (x, axis) => negative(x).cumsum({ axis, reverse: true }),
  sort: (x, axis) => x.sort({ axis }),
  concat: (x, axis) => concat([x, x.flip({ axis }), x.neg()], { axis }),
  "concat of bools": (x, axis) => concat([negative(x), negative(x).flip({ axis })], { axis }),
  "concat of all": (x, axis) => concat<DType>([negative(x), x.sign(), x.cast("float32")], { axis }),
  pad: (x, axis) => pad(x, { before: x.shape.map((_, other) => Number(other === axis)), after: x.shape.map(() => 1), value: -7 }),
  "pad of bools": (x) => pad(negative(x), { before: x.shape.map((_, other) => other), after: x.shape.map(() => 2), value: 1 }),
  "copy of bools": (x, axis) => negative(x).flip({ axis }).copy(),
  cast: (x) => x.cast("float32").mul(2 ** -24),
  "cast of views of bools": (x, axis) =>
    concat<DType>([negative(x).flip({ axis }).cast("int32"), truth(x).cast("float32")], { axis }),
};

// x, indices along an axis of it, and integers of the shape of the indices.
const indexed: Readonly<Record<string, (x: Tensor, indices: Tensor, updates: Tensor, axis: number) => Tensor>> = {
  takeAlong: (x, indices, _, axis) => x.takeAlong(indices, { axis }),
  "takeAlong of bools": (x, indices, _, axis) => negative(x).takeAlong(indices, { axis }),
  scatterAddAlong: (x, indices, updates, axis) => x.scatterAddAlong(indices, updates, { axis }),
  "scatterAddAlong of bools": (x, indices, updates, axis) => negative(x).scatterAddAlong(indices, negative(updates), { axis }),
  "scatterAddAlong of both": (x, indices, updates, axis) => negative(x).scatterAddAlong(indices, updates, { axis }),
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
        fc.pre(shape[axis] !== 0 || !/max|min/.test(name));
        agrees((make) => (alongs[name] as (x: Tensor, axis: number) => Tensor)(view(make, 1, shape, { kind: "integer" }), axis));
      });
      fc.assert(property, { ...parameters, numRuns: 200 });
    },
  },
  {
    title: "int32 and bool at indices",
    check(agrees) {
      const anyIndexed = fc.constantFrom(...Object.keys(indexed));
      const property = fc.property(
        anyIndexed,
        anyShapeAndAxis,
        anySize,
        anyView,
        anyView,
        (name, { shape, axis }, count, view, other) => {
          const bound = shape[axis] as number;
          const length = bound === 0 ? 0 : count;
          const along = shape.map((size, index) => (index === axis ? length : size));
          agrees((make) => {
            const indices = other(make, 2, along, { kind: "index", bound });
            return (indexed[name] as (typeof indexed)[string])(
              view(make, 1, shape, { kind: "integer" }),
              indices,
              other(make, 3, along, { kind: "integer" }),
              axis,
            );
          });
          agrees((make) => {
            const x = view(make, 1, shape, { kind: "integer" });
            const places = other(make, 2, [length], { kind: "index", bound });
            const taken = name.endsWith("bools") ? negative(x).take(places, { axis }) : x.take(places, { axis });
            return x.scatterAdd(places, taken, { axis });
          });
        },
      );
      fc.assert(property, { ...parameters, numRuns: 120 });
    },
  },
];
