import fc from "fast-check";

import { concat, pad, where } from "../create.js";
import { dispatchOne } from "../dispatch.js";
import { primitives, type KernelName } from "../primitives/table.js";
import type { Tensor } from "../tensor.js";
import { anyBroadcast, anyShape, anyShapeAndAxis, anySize, anyView, broadcastable } from "./layout.js";
import { binaryNames, unaryNames } from "./names.js";
import { parameters, type Property } from "./property.js";

const anyUnary = fc.constantFrom(...unaryNames);
const anyBinary = fc.constantFrom(...binaryNames);
const anyFold = fc.constantFrom<KernelName>("sum", "prod", "max", "min");

/** Sums take positive operands, so that no cancellation hides behind the tolerance. */
export const properties: readonly Property[] = [
  {
    title: "element-wise functions",
    check(agrees) {
      const property = fc.property(anyUnary, anyShape, anyView, (name, shape, view) =>
        agrees((make) => dispatchOne(primitives[name], [view(make, 1, shape, { kind: "positive" })])),
      );
      fc.assert(property, parameters);
    },
  },
  {
    title: "arithmetic and comparisons with broadcasting",
    check(agrees) {
      const property = fc.property(anyBinary, anyBroadcast, anyView, anyView, (name, { whole, part, swapped }, first, second) =>
        agrees((make) => {
          const left = first(make, 1, swapped ? part : whole, { kind: "positive" });
          return dispatchOne(primitives[name], [left, second(make, 2, swapped ? whole : part, { kind: "positive" })]);
        }),
      );
      fc.assert(property, { ...parameters, numRuns: 200 });
    },
  },
  {
    title: "where with broadcasting",
    check(agrees) {
      const property = fc.property(anyBroadcast, anyView, anyView, ({ whole, part, swapped }, first, second) =>
        agrees((make) => {
          const mask = first(make, 1, swapped ? part : whole, { kind: "bool" });
          return where(mask, second(make, 2, whole), make(3, part));
        }),
      );
      fc.assert(property, parameters);
    },
  },
  {
    title: "reductions",
    check(agrees) {
      const axes = fc.subarray([0, 1, 2, 3]);
      const property = fc.property(anyFold, anyShape, axes, fc.boolean(), anyView, (name, shape, chosen, keepDims, view) => {
        const own = chosen.filter((axis) => axis < shape.length);
        fc.pre(name === "sum" || name === "prod" || !own.some((axis) => shape[axis] === 0));
        agrees((make) => {
          const x = view(make, 1, shape, { kind: "positive" });
          const factor = name === "prod" ? x.div(x.add(1)) : x;
          return dispatchOne(primitives[name], [factor], { axes: own, keepDims });
        });
      });
      fc.assert(property, { ...parameters, numRuns: 200 });
    },
  },
  {
    title: "argmax, argmin, argsort, cumsum, softmax and logSoftmax",
    check(agrees) {
      const along: Readonly<Record<string, (x: Tensor, axis: number) => Tensor>> = {
        argmax: (x, axis) => x.argmax({ axis }),
        argmin: (x, axis) => x.argmin({ axis }),
        argsort: (x, axis) => x.argsort({ axis }),
        "argsort, descending": (x, axis) => x.argsort({ axis, descending: true }),
        cumsum: (x, axis) => x.cumsum({ axis }),
        "cumsum, reversed": (x, axis) => x.cumsum({ axis, reverse: true }),
        softmax: (x, axis) => x.softmax({ axis }),
        logSoftmax: (x, axis) => x.logSoftmax({ axis }),
      };
      const anyOperation = fc.constantFrom(...Object.keys(along));
      const property = fc.property(anyOperation, anyShapeAndAxis, anyView, (name, { shape, axis }, view) => {
        fc.pre(shape[axis] !== 0 || !name.startsWith("argm"));
        agrees((make) => (along[name] as (x: Tensor, axis: number) => Tensor)(view(make, 1, shape, { kind: "positive" }), axis));
      });
      fc.assert(property, { ...parameters, numRuns: 200 });
    },
  },
  {
    title: "matmul with batch broadcasting",
    check(agrees) {
      const sizes = fc.record({ m: anySize, k: anySize, n: anySize });
      const batches = fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 2 });
      const operands = batches.chain((batch) => fc.record({ batch: fc.constant(batch), part: broadcastable(batch) }));
      const property = fc.property(sizes, operands, anyView, anyView, ({ m, k, n }, { batch, part }, first, second) =>
        agrees((make) => {
          const left = first(make, 1, [...batch, m, k], { kind: "positive" });
          return left.matmul(second(make, 2, [...part, k, n], { kind: "positive" }));
        }),
      );
      fc.assert(property, { ...parameters, numRuns: 200 });
    },
  },
  {
    title: "concat and pad",
    check(agrees) {
      const property = fc.property(anyShapeAndAxis, anySize, anyView, anyView, ({ shape, axis }, other, first, second) =>
        agrees((make) => {
          const longer = shape.map((length, index) => (index === axis ? other : length));
          const joined = concat([first(make, 1, shape), second(make, 2, longer), make(3, shape)], { axis });
          return pad(joined, { before: shape.map((_, index) => index), after: shape.map(() => 1), value: -2 });
        }),
      );
      fc.assert(property, parameters);
    },
  },
  {
    title: "take, takeAlong, scatterAdd and scatterAddAlong",
    check(agrees) {
      const property = fc.property(anyShapeAndAxis, anySize, anyView, anyView, ({ shape, axis }, count, view, viewIndices) => {
        const bound = shape[axis] as number;
        const length = bound === 0 ? 0 : count;
        const indexed = shape.map((size, other) => (other === axis ? length : size));
        const options = { kind: "index", bound } as const;
        const positive = { kind: "positive" } as const;
        agrees((make) => view(make, 1, shape).take(viewIndices(make, 2, [length], options), { axis }));
        agrees((make) => view(make, 1, shape).takeAlong(viewIndices(make, 2, indexed, options), { axis }));
        agrees((make) =>
          make(1, shape, positive).scatterAdd(make(2, [length], options), view(make, 3, indexed, positive), { axis }),
        );
        agrees((make) => {
          const indices = viewIndices(make, 2, indexed, options);
          return view(make, 1, shape, positive).scatterAddAlong(indices, make(3, indexed, positive), { axis });
        });
      });
      fc.assert(property, parameters);
    },
  },
  {
    title: "reshape of views",
    check(agrees) {
      const property = fc.property(anyShape, anyView, (shape, view) =>
        agrees((make) =>
          view(make, 1, shape)
            .reshape([...shape].reverse())
            .neg(),
        ),
      );
      fc.assert(property, parameters);
    },
  },
];
