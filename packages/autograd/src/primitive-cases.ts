import {
  concat,
  dispatchOne,
  fromTypedArray,
  makeTypedArray,
  pad,
  primitives,
  sizeOf,
  tensor,
  where,
  type DType,
  type Generator,
  type PrimitiveName,
  type Tensor,
} from "@unroll/tensor";

/** A function of float tensors, and where to differentiate it. */
export interface PrimitiveCase {
  readonly fn: (...inputs: Tensor[]) => Tensor;
  readonly inputs: readonly Tensor[];
}

/** Sizes a case is made of, each at least 1, and where its numbers come from. */
export interface CaseSource {
  readonly n: number;
  readonly m: number;
  readonly k: number;
  readonly generator: Generator;
  readonly dtype: DType;
}

type Make = (source: CaseSource) => readonly PrimitiveCase[];
type Draw = (...shape: number[]) => Tensor;

// Between 0.3 and 2.3, and away from one another where elements are few: differences stay clear of kinks and ties.
function positive({ generator, dtype }: CaseSource): Draw {
  return (...shape) => {
    const data = makeTypedArray(dtype, sizeOf(shape));
    for (let index = 0; index < data.length; index++)
      data[index] = Math.fround(0.3 + ((index * 0.618 + 0.1 * generator.uniform()) % 1) * 2);
    return fromTypedArray(data, shape);
  };
}

function signed(source: CaseSource): Draw {
  const draw = positive(source);
  return (...shape) => {
    const data = draw(...shape).toTypedArray();
    for (let index = 0; index < data.length; index++)
      if (source.generator.uniform() < 0.5) data[index] = -(data[index] as number);
    return fromTypedArray(data, shape);
  };
}

// Multiples of 0.1 and an offset: operands with different offsets are never close to a tie.
function onGrid(draw: Draw, offset: number): Draw {
  return (...shape) => {
    const data = draw(...shape).toTypedArray();
    for (let index = 0; index < data.length; index++)
      data[index] = Math.fround(Math.round((data[index] as number) * 10) / 10 + offset);
    return fromTypedArray(data, shape);
  };
}

function indices({ generator }: CaseSource, bound: number, ...shape: number[]): Tensor {
  return fromTypedArray(
    Int32Array.from({ length: sizeOf(shape) }, () => generator.integer(bound)),
    shape,
  );
}

function of(fn: (...inputs: [Tensor, Tensor]) => Tensor, ...inputs: Tensor[]): PrimitiveCase {
  return { fn, inputs };
}

const unary =
  (name: PrimitiveName, drawOf: (source: CaseSource) => Draw): Make =>
  (source) => {
    const draw = drawOf(source);
    const run = (x: Tensor): Tensor => dispatchOne(primitives[name], [x]);
    return [of(run, draw(source.n, source.m)), of((x) => run(x.transpose()), draw(source.n, source.m)), of(run, draw())];
  };

const binary =
  (name: PrimitiveName, drawOf: (source: CaseSource) => Draw): Make =>
  (source) => {
    const { n, m, k } = source;
    const draw = onGrid(drawOf(source), 0);
    const other = onGrid(positive(source), 0.05);
    const run = (a: Tensor, b: Tensor): Tensor => dispatchOne(primitives[name], [a, b]);
    return [of(run, draw(n, m), other(m)), of(run, draw(n, 1, m), other(k, 1)), of(run, draw(), other(n))];
  };

const one =
  (fn: (x: Tensor, source: CaseSource) => Tensor, drawOf: (source: CaseSource) => Draw = signed): Make =>
  (source) => [of((x) => fn(x, source), drawOf(source)(source.n, source.m, source.k))];

const each = <N extends string>(names: readonly N[], make: (name: N) => Make): Record<string, Make> =>
  Object.fromEntries(names.map((name) => [name, make(name)]));

/** What every differentiable primitive is tried on. */
export const primitiveCases: Readonly<Partial<Record<PrimitiveName, Make>>> = {
  ...each(["neg", "abs", "sign", "exp", "expm1", "sin", "cos", "tanh", "sigmoid", "relu", "copy"] as const, (name) =>
    unary(name, signed),
  ),
  ...each(["log", "log1p", "sqrt"] as const, (name) => unary(name, positive)),
  ...each(["add", "sub", "mul", "div", "maximum", "minimum"] as const, (name) => binary(name, signed)),
  pow: binary("pow", positive),
  where: (source) => {
    const draw = signed(source);
    const mask = indices(source, 2, source.n, 1).cast("bool");
    return [of((a, b) => where(mask, a, b), draw(source.n, source.m), draw(source.m))];
  },
  cast: one((x) => dispatchOne(primitives.cast, [x.mul(2)], { dtype: "float64" }).square()),
  sum: (source) => [
    ...one((x) => x.sum({ axes: [0, 2] }).square())(source),
    ...one((x) => x.sum({ axes: 1, keepDims: true }).square())(source),
  ],
  prod: one((x) => x.prod({ axes: [0, 2] })),
  max: one((x) => x.max({ axes: 1 }).square()),
  min: one((x) => x.min().square()),
  cumsum: (source) => [
    ...one((x) => x.cumsum({ axis: 1 }).square())(source),
    ...one((x) => x.cumsum({ axis: 0, reverse: true }).square())(source),
  ],
  softmax: one((x) => x.softmax({ axis: 1 }).square()),
  logSoftmax: one((x) => x.logSoftmax().square()),
  matmul: (source) => {
    const { n, m, k } = source;
    const draw = signed(source);
    return [
      of((a, b) => a.matmul(b).square(), draw(n, m), draw(m, k)),
      of((a, b) => a.transpose().matmul(b.transpose()), draw(m, n), draw(k, m)),
      of((a, b) => a.matmul(b).square(), draw(2, 1, n, m), draw(k, m, 2)),
    ];
  },
  reshape: one((x) => x.transpose().reshape([-1]).cumsum({ axis: 0 })),
  permute: one((x) => x.permute([2, 0, 1]).cumsum({ axis: 0 }).square()),
  broadcastTo: (source) => [
    of((x) => x.broadcastTo([source.k, source.n, source.m]).cumsum({ axis: 0 }).square(), signed(source)(source.n, 1)),
  ],
  slice: (source) => [
    ...one((x) => x.slice({ axis: 1, start: 1 }).square())(source),
    ...one((x) => x.slice({ axis: 0, step: -2 }).square())(source),
  ],
  split: (source) => {
    const parts = [source.n, source.m, source.n];
    const run = (x: Tensor): Tensor => {
      const [a, , c] = x.split(parts, { axis: 1 }) as [Tensor, Tensor, Tensor];
      return a.mul(c).square();
    };
    return [of(run, signed(source)(2, 2 * source.n + source.m))];
  },
  concat: (source) => {
    const draw = signed(source);
    return [of((a, b) => concat([a, b, a], { axis: 1 }).cumsum({ axis: 1 }), draw(source.n, source.m), draw(source.n, source.k))];
  },
  pad: one((x) =>
    pad(x, { before: [1, 0, 0], after: [0, 2, 1], value: 3 })
      .cumsum({ axis: 1 })
      .square(),
  ),
  take: (source) => {
    const at = indices(source, source.m, 2, 3);
    return one((x) => x.take(at, { axis: 1 }).square())(source);
  },
  scatterAdd: (source) => {
    const draw = signed(source);
    const at = indices(source, source.n, source.k);
    return [of((x, u) => x.scatterAdd(at, u, { axis: 0 }).square(), draw(source.n, source.m), draw(source.k, source.m))];
  },
  takeAlong: (source) => {
    const at = indices(source, source.m, source.n, 3);
    return [of((x) => x.takeAlong(at, { axis: 1 }).square(), signed(source)(source.n, source.m))];
  },
  scatterAddAlong: (source) => {
    const draw = signed(source);
    const at = indices(source, source.m, source.n, 3);
    return [of((x, u) => x.scatterAddAlong(at, u, { axis: 1 }).square(), draw(source.n, source.m), draw(source.n, 3))];
  },
};

/** A composition as it occurs in a recurrent cell. */
export const gatedCell: Make = (source) => {
  const draw = signed(source);
  const run = (x: Tensor, w: Tensor): Tensor => {
    const [a, b] = x.matmul(w).split(2, { axis: 1 }) as [Tensor, Tensor];
    return a
      .sigmoid()
      .mul(b.tanh())
      .add(tensor(0.5, { dtype: source.dtype }))
      .softmax()
      .mul(a);
  };
  return [of(run, draw(source.n, source.m), draw(source.m, 2 * source.k))];
};
