import { concat, pad, where } from "../create.js";
import { dispatchOne } from "../dispatch.js";
import { primitives, type KernelName } from "../primitives/table.js";
import type { Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { binaryNames, unaryNames } from "./names.js";
import type { MakeOperand } from "./operand.js";

/** One set of operands on which a backend must agree with the float64 reference. */
export interface Case {
  readonly title: string;
  readonly run: (make: MakeOperand) => Tensor;
}

const shapes: readonly Shape[] = [[], [1], [7], [0], [3, 5], [2, 0, 3], [4, 1, 6], [33, 17], [2, 3, 4, 5]];
const positive = new Set<string>(["log", "log1p", "sqrt"]);
const reductions = "sum prod max min".split(" ") as KernelName[];

const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [[5], []],
  [[], [3, 4]],
  [
    [4, 7],
    [4, 7],
  ],
  [[6, 9], [9]],
  [
    [6, 9],
    [6, 1],
  ],
  [
    [2, 1, 5],
    [3, 1],
  ],
  [
    [0, 3],
    [1, 3],
  ],
];

/** Every primitive on shapes chosen by hand. */
export function* cases(): Generator<Case> {
  for (const name of unaryNames) {
    const kind = positive.has(name) ? "positive" : "real";
    for (const shape of shapes) {
      yield { title: `${name} [${shape.join()}]`, run: (make) => dispatchOne(primitives[name], [make(1, shape, { kind })]) };
    }
    yield {
      title: `${name} on strided views`,
      run: (make) => {
        const x = make(1, [6, 10], { kind }).transpose().slice({ axis: 0, start: 8, stop: 0, step: -3 });
        return dispatchOne(primitives[name], [x]);
      },
    };
  }
  for (const name of binaryNames) {
    for (const [left, right] of broadcasts) {
      yield {
        title: `${name} [${left.join()}] with [${right.join()}]`,
        run: (make) =>
          dispatchOne(primitives[name], [make(1, left, { kind: name === "pow" ? "positive" : "real" }), make(2, right)]),
      };
    }
    yield {
      title: `${name} on a transposed and a flipped operand`,
      run: (make) =>
        dispatchOne(primitives[name], [make(1, [5, 4], { kind: "positive" }).transpose(), make(2, [4, 5]).flip({ axis: 1 })]),
    };
  }
  yield {
    title: "where, broadcast",
    run: (make) => where(make(1, [4, 1], { kind: "bool" }), make(2, [4, 5]), make(3, [5])),
  };
  yield { title: "cast", run: (make) => make(1, [3, 7]).mul(10).cast("int32").cast("bool").cast("float32") };
  for (const name of reductions) {
    for (const axes of [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
      for (const keepDims of [false, true]) {
        yield {
          title: `${name} over [${axes.join()}]${keepDims ? ", kept" : ""}`,
          run: (make) => dispatchOne(primitives[name], [make(1, [3, 5, 7])], { axes, keepDims }),
        };
      }
    }
    yield {
      title: `${name} of a transposed operand`,
      run: (make) => dispatchOne(primitives[name], [make(1, [6, 9]).transpose()], { axes: [0], keepDims: false }),
    };
  }
  yield { title: "sum over nothing", run: (make) => make(1, [3, 0]).sum({ axes: 1 }) };
  yield { title: "prod over nothing", run: (make) => make(1, [0]).prod() };
  for (const axis of [0, 1]) {
    yield { title: `argmax ${axis}`, run: (make) => make(1, [5, 8]).argmax({ axis }) };
    yield { title: `argmin ${axis}`, run: (make) => make(1, [5, 8]).argmin({ axis }) };
    yield { title: `cumsum ${axis}`, run: (make) => make(1, [5, 8]).cumsum({ axis }) };
    yield { title: `cumsum ${axis} reversed`, run: (make) => make(1, [5, 8]).cumsum({ axis, reverse: true }) };
    yield { title: `argsort ${axis}`, run: (make) => make(1, [5, 8]).argsort({ axis, descending: axis === 1 }) };
    yield { title: `softmax ${axis}`, run: (make) => make(1, [5, 8]).softmax({ axis }) };
    yield { title: `logSoftmax ${axis}`, run: (make) => make(1, [5, 8]).mul(20).logSoftmax({ axis }) };
    yield { title: `concat ${axis}`, run: (make) => concat([make(1, [3, 3]), make(2, [3, 3]).transpose()], { axis }) };
    yield {
      title: `take ${axis}`,
      run: (make) => make(1, [5, 6]).take(make(2, [2, 3], { kind: "index", bound: 5 }), { axis }),
    };
    yield {
      title: `scatterAdd ${axis}`,
      run: (make) => {
        const indices = make(2, [7], { kind: "index", bound: 4 });
        return make(1, [4, 4]).scatterAdd(indices, make(3, axis === 0 ? [7, 4] : [4, 7]), { axis });
      },
    };
    yield {
      title: `takeAlong ${axis}`,
      run: (make) => make(1, [4, 4]).takeAlong(make(2, axis === 0 ? [3, 4] : [4, 3], { kind: "index", bound: 4 }), { axis }),
    };
    yield {
      title: `scatterAddAlong ${axis}`,
      run: (make) => {
        const shape = axis === 0 ? [6, 4] : [4, 6];
        return make(1, [4, 4]).scatterAddAlong(make(2, shape, { kind: "index", bound: 4 }), make(3, shape), { axis });
      },
    };
  }
  yield { title: "pad", run: (make) => pad(make(1, [3, 4]), { before: [1, 0], after: [0, 2], value: 3 }) };
  const sizes = [1, 2, 3, 7, 8, 9, 16, 17, 33];
  for (const m of sizes) {
    for (const [n, k] of [
      [1, 5],
      [16, 8],
      [19, 33],
      [40, 300],
    ] as const) {
      yield { title: `matmul ${m}x${k}x${n}`, run: (make) => make(1, [m, k]).matmul(make(2, [k, n])) };
    }
  }
  yield {
    title: "matmul, left transposed",
    run: (make) =>
      make(1, [9, 13])
        .transpose()
        .matmul(make(2, [9, 21])),
  };
  yield { title: "matmul, right transposed", run: (make) => make(1, [9, 13]).matmul(make(2, [21, 13]).transpose()) };
  yield {
    title: "matmul, both transposed",
    run: (make) =>
      make(1, [300, 10])
        .transpose()
        .matmul(make(2, [21, 300]).transpose()),
  };
  yield { title: "matmul, batch broadcast", run: (make) => make(1, [4, 1, 3, 5]).matmul(make(2, [2, 5, 6])) };
  yield { title: "matmul of nothing", run: (make) => make(1, [3, 0]).matmul(make(2, [0, 4])) };
  yield {
    title: "matmul of a slice",
    run: (make) =>
      make(1, [9, 12])
        .slice({ axis: 1, start: 2, stop: 9 })
        .matmul(make(2, [7, 5])),
  };
}
