import fc from "fast-check";

import { dispatchOne } from "../dispatch.js";
import { primitives, type KernelName } from "../primitives/table.js";
import type { Tensor } from "../tensor.js";
import { anyBroadcast, anyShape, anyShapeAndAxis, anyView } from "./layout.js";
import { binaryNames, unaryNames } from "./names.js";
import { parameters, type Property } from "./property.js";

const exact = "neg abs sign relu copy maximum minimum equal less lessEqual".split(" ") as KernelName[];

const alongs: Readonly<Record<string, (x: Tensor, axis: number) => Tensor>> = {
  sum: (x, axis) => x.sum({ axes: axis }),
  prod: (x, axis) => x.prod({ axes: axis }),
  max: (x, axis) => x.max({ axes: axis }),
  min: (x, axis) => x.min({ axes: axis }),
  argmax: (x, axis) => x.argmax({ axis }),
  argmin: (x, axis) => x.argmin({ axis }),
  argsort: (x, axis) => x.argsort({ axis }),
  "argsort, descending": (x, axis) => x.argsort({ axis, descending: true }),
  cumsum: (x, axis) => x.cumsum({ axis }),
  softmax: (x, axis) => x.softmax({ axis }),
  logSoftmax: (x, axis) => x.logSoftmax({ axis }),
};

/** What holds for NaN, infinities, zeros of both signs and denormals among the elements, and for any float32. */
export const specialProperties: readonly Property[] = [
  {
    title: "functions of special values",
    check(agrees) {
      const anyName = fc.constantFrom(...unaryNames);
      const property = fc.property(anyName, anyShape, anyView, (name, shape, view) =>
        agrees((make) => dispatchOne(primitives[name], [view(make, 1, shape, { kind: "special" })])),
      );
      fc.assert(property, { ...parameters, numRuns: 150 });
    },
  },
  {
    title: "functions of small and large numbers, each on its own,",
    check(agrees) {
      const property = fc.property(fc.constantFrom(...unaryNames), fc.integer(), (name, seed) =>
        agrees((make) => dispatchOne(primitives[name], [make(seed, [], { kind: "wide" })])),
      );
      fc.assert(property, { ...parameters, numRuns: 500 });
    },
  },
  {
    title: "arithmetic, powers and comparisons of special values",
    check(agrees) {
      const anyName = fc.constantFrom(...binaryNames);
      const property = fc.property(anyName, anyBroadcast, anyView, anyView, (name, { whole, part, swapped }, first, second) =>
        agrees((make) => {
          const left = first(make, 1, swapped ? part : whole, { kind: "special" });
          return dispatchOne(primitives[name], [left, second(make, 2, swapped ? whole : part, { kind: "special" })]);
        }),
      );
      fc.assert(property, { ...parameters, numRuns: 150 });
    },
  },
  {
    title: "reductions, sums, orders and positions of special values",
    check(agrees) {
      const anyName = fc.constantFrom(...Object.keys(alongs));
      const property = fc.property(anyName, anyShapeAndAxis, anyView, (name, { shape, axis }, view) => {
        fc.pre(shape[axis] !== 0 || !/max|min/.test(name));
        agrees((make) => (alongs[name] as (x: Tensor, axis: number) => Tensor)(view(make, 1, shape, { kind: "special" }), axis));
      });
      fc.assert(property, { ...parameters, numRuns: 200 });
    },
  },
  {
    title: "casts, comparisons, positions and orders of any float32",
    check(agrees) {
      const anyName = fc.constantFrom(...exact, "int32", "bool", "argmax", "argsort");
      const property = fc.property(anyName, anyShapeAndAxis, anyView, anyView, (name, { shape, axis }, first, second) => {
        fc.pre(shape[axis] !== 0 || name !== "argmax");
        agrees((make) => {
          const x = first(make, 1, shape, { kind: "bits" });
          if (name === "int32" || name === "bool") return x.cast(name);
          if (name === "argmax" || name === "argsort") return (alongs[name] as (x: Tensor, axis: number) => Tensor)(x, axis);
          const operands = unaryNames.includes(name) ? [x] : [x, second(make, 2, shape, { kind: "bits" })];
          return dispatchOne(primitives[name], operands);
        });
      });
      fc.assert(property, { ...parameters, numRuns: 150 });
    },
  },
];
