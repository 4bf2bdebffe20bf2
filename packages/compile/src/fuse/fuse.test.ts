import {
  createGenerator,
  DenseTensor,
  empty,
  normal,
  ones,
  referenceBackend,
  scope,
  where,
  withBackend,
  zeros,
  type Tensor,
} from "@unroll/tensor";
import { Tape } from "@unroll/autograd";
import { useWasm, type WasmBackend } from "@unroll/wasm";
import { beforeAll, describe, expect, it } from "vitest";

import { CompileError } from "../error.js";
import type { ElementFunction } from "./element-pass.js";
import { fuse, type FusedFunction } from "./fuse.js";

let wasm: WasmBackend;
beforeAll(async () => {
  wasm = await useWasm();
});

type Operand = Tensor | number;

const move = (x: Tensor, g: Tensor, m: Tensor, rate: Operand): [moved: Tensor, mean: Tensor] => {
  const mean = m.mul(0.9).add(g.mul(1 - 0.9));
  return [x.sub(mean.div(g.square().sqrt().add(1e-8)).mul(rate)), mean];
};
const step: ElementFunction = ([x, g, m], [rate]) => move(x as Tensor, g as Tensor, m as Tensor, rate as Tensor);
const draw = (shape: readonly number[]): [x: Tensor, g: Tensor, m: Tensor] => {
  const generator = createGenerator(4);
  return [normal(shape, { generator }), normal(shape, { generator }), normal(shape, { generator })];
};
const bits = (x: Tensor | undefined): number[] => Array.from(x?.toTypedArray() ?? []);
const made = (fn: ElementFunction, tensors: number, numbers = 0): FusedFunction => {
  const fused = fuse(fn, { tensors, numbers });
  if (fused === undefined) throw new Error("was refused");
  return fused;
};

describe("a fused function", () => {
  const shapes = [[1], [63], [64], [1000], [7, 31, 5], [65_537]];

  it.each(shapes.map((shape) => [shape]))("gives the bits of the operations, for any number it is given: %j", (shape) => {
    const fused = made(step, 3, 1);
    const inputs = draw(shape);
    const before = inputs.map(bits);
    for (const rate of [0.1, 0, 1, 0.1]) {
      const results = fused.run(inputs, { numbers: [rate] });
      expect(results?.[0]?.shape).toEqual(shape);
      expect(results?.map(bits)).toEqual(move(...inputs, rate).map(bits));
    }
    expect(inputs.map(bits)).toEqual(before);
  });

  it("takes other shapes from call to call, none of them and scalars among these", () => {
    const fused = made(step, 3, 1);
    for (const shape of [[70], [2, 3], [], [0, 4], [70]]) {
      const inputs = draw(shape);
      expect(fused.run(inputs, { numbers: [0.5] })?.map(bits)).toEqual(move(...inputs, 0.5).map(bits));
    }
  });

  it("goes on in memory that has grown", () => {
    const fused = made(([x], [rate]) => [(x as Tensor).mul((rate as Tensor).add(1))], 1, 1);
    const [x] = draw([100]);
    const run = (): number[] | undefined => fused.run([x], { numbers: [2] })?.map(bits)[0];
    const expected = bits(x.mul(3));
    expect(run()).toEqual(expected);
    const { bytesReserved } = wasm.stats();
    scope(() => void ones([bytesReserved / 4]));
    expect(wasm.stats().bytesReserved).toBeGreaterThan(bytesReserved);
    expect(run()).toEqual(expected);
  });

  it("takes strided inputs, and such from other backends", () => {
    const fused = made(step, 3, 1);
    const [x, g, m] = draw([20, 30]);
    const turned: [Tensor, Tensor, Tensor] = [x.transpose(), g.transpose(), m.transpose()];
    expect(fused.run(turned, { numbers: [0.5] })?.map(bits)).toEqual(move(...turned, 0.5).map(bits));
    const foreign = withBackend(referenceBackend, () => draw([20, 30]));
    expect(fused.run(foreign, { numbers: [0.5] })?.map(bits)).toEqual(move(x, g, m, 0.5).map(bits));
  });

  it("gives a tensor for each result, though it be an input or given twice", () => {
    const [x] = draw([100]);
    const results = made(([a]) => [(a as Tensor).neg(), (a as Tensor).neg(), a as Tensor], 1).run([x]);
    expect(results?.map(bits)).toEqual([bits(x.neg()), bits(x.neg()), bits(x)]);
    expect(new Set([x.toDense(), ...(results ?? [])].map(({ storage }) => storage)).size).toBe(4);
  });

  it("writes where it is told to, over its inputs as well", () => {
    const fused = made(step, 3, 1);
    const block = empty([300], "float32");
    const window = (start: number): DenseTensor =>
      new DenseTensor(block.storage, { shape: [100], offset: start }, block.interpreter);
    const inputs = draw([100]);
    const expected = move(...inputs, 0.5).map(bits);
    const into = [window(17), window(150)];
    expect(fused.run(inputs, { numbers: [0.5], into })).toBe(into);
    expect(into.map(bits)).toEqual(expected);
    const [x, , m] = inputs.map((input) => input.toDense());
    fused.run(inputs, { numbers: [0.5], into: [x, m] as DenseTensor[] });
    expect([x, m].map(bits)).toEqual(expected);
  });

  it("makes nothing but its results", () => {
    const fused = made(([x], [rate]) => [(x as Tensor).mul((rate as Tensor).exp()).add(1)], 1, 1);
    const [x] = draw([100]);
    const blocksMade = (run: () => void): number => {
      const { blocks } = wasm.stats();
      run();
      return wasm.stats().blocks - blocks;
    };
    const turned = x.reshape([4, 25]).transpose();
    expect(fused.run([x], { numbers: [2] })).toHaveLength(1);
    for (const input of [x, turned]) expect(blocksMade(() => void fused.run([input], { numbers: [2] }))).toBe(1);
    expect(blocksMade(() => scope(() => void fused.run([turned], { numbers: [2] })))).toBe(0);
  });

  it("is called when it is made, and never again", () => {
    let calls = 0;
    const fused = made(([x]) => {
      calls++;
      return [(x as Tensor).mul(2)];
    }, 1);
    const before = calls;
    for (const shape of [[100], [3], [64]]) {
      const [x] = draw(shape);
      expect(fused.run([x])?.map(bits)).toEqual([bits(x.mul(2))]);
    }
    expect(calls).toBe(before);
    expect(fused.outputs).toBe(1);
  });

  it("is not there for tensors that programs do not run on", () => {
    const fused = made(step, 3, 1);
    const numbers = [0.5];
    const inputs = draw([100]);
    expect(withBackend(referenceBackend, () => fused.run(inputs, { numbers }))).toBeUndefined();
    expect(fused.run([inputs[0].cast("float64"), inputs[1], inputs[2]], { numbers })).toBeUndefined();
    expect(fused.run([new Tape().variable(inputs[0]), inputs[1], inputs[2]], { numbers })).toBeUndefined();
  });

  it.each<[string, (fused: FusedFunction, inputs: readonly Tensor[]) => unknown]>([
    [
      "fuse: the function takes 3 tensors and 1 numbers, got 2 and 1",
      (fused, [x, g]) => fused.run([x, g] as Tensor[], { numbers: [1] }),
    ],
    ["fuse: the function takes 3 tensors and 1 numbers, got 3 and 0", (fused, inputs) => fused.run(inputs)],
    [
      "fuse: the function takes tensors of one shape, got [100] and [1]",
      (fused, [x, g]) => fused.run([x, g, ones([1])] as Tensor[], { numbers: [1] }),
    ],
    [
      "fuse: the function gives 2 tensors, got 1 to write to",
      (fused, inputs) => fused.run(inputs, { numbers: [1], into: [zeros([100]).toDense()] }),
    ],
    ["fuse: the function takes 3 tensors and 1 numbers, got 0 and 1", (fused) => fused.run([], { numbers: [1] })],
    [
      "fuse: the function writes to tensors that do not overlap, got two that do; give each its own",
      (fused, inputs) => {
        const x = zeros([100]).toDense();
        return fused.run(inputs, { numbers: [1], into: [x, x] });
      },
    ],
    [
      "fuse: the function writes over an input or beside it, got a tensor that overlaps part of one; write to a fresh one",
      (fused, [x, g]) => {
        const [first, second] = [0, 1].map((start) =>
          zeros([101])
            .slice({ axis: 0, start, stop: start + 100 })
            .toDense(),
        );
        const beside = new DenseTensor((first as DenseTensor).storage, { shape: [100], offset: 1 }, (x as Tensor).interpreter);
        return fused.run([x, g, first] as Tensor[], { numbers: [1], into: [beside, second as DenseTensor] });
      },
    ],
    [
      "fuse: the function writes to float32 tensors [100] without gaps on the selected backend, got float32 [100]",
      (fused, inputs) =>
        fused.run(inputs, {
          numbers: [1],
          into: [zeros([100]).toDense(), zeros([200]).slice({ axis: 0, step: 2 }).toDense()] as DenseTensor[],
        }),
    ],
  ])("says what does not fit: %s", (message, run) => {
    const error = (() => {
      try {
        return run(made(step, 3, 1), draw([100]));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(CompileError);
    expect((error as CompileError).code).toBe("mismatch");
    expect((error as CompileError).message).toBe(message);
  });
});

it("fuses functions of comparisons, choices and casts", () => {
  const [x, g] = draw([100]);
  const functions: ((a: Tensor, b: Tensor) => Tensor[])[] = [
    (a, b) => [a.sub(b), a.neg()],
    (a, b) => [a.neg(), b.sub(a)],
    (a, b) => [where(a.greater(0), a, b), a],
    (a, b) => [where(a.greater(0), b, 1), a.greater(b).cast("float32")],
    (a, b) => [a.tanh().mul(b.sigmoid()).expm1().maximum(b)],
  ];
  for (const fn of functions) {
    const fused = made(([a, b]) => fn(a as Tensor, b as Tensor), 2);
    expect(fused.run([x, g])?.map(bits)).toEqual(fn(x, g).map(bits));
  }
});

it("reads what it makes of numbers as what it is", () => {
  // What stood in memory before must not matter.
  for (let block = 0; block < 50; block++) scope(() => void ones([16]).mul(NaN));
  const [x, g] = draw([100]);
  const chosen = made(([a, b], [n, m]) => [where((n as Tensor).greater(m as Tensor), a as Tensor, b as Tensor)], 2, 2);
  expect(chosen.run([x, g], { numbers: [1, 2] })?.map(bits)).toEqual([bits(g)]);
  expect(chosen.run([x, g], { numbers: [2, 1] })?.map(bits)).toEqual([bits(x)]);
  const scaled = made(([a], [n]) => [(a as Tensor).mul((n as Tensor).cast("int32"))], 1, 1);
  expect(scaled.run([x], { numbers: [3.5] })?.map(bits)).toEqual([bits(x.mul(3))]);
});

it("refuses functions that are not element by element, or use what they are not given", () => {
  const outside = normal([100], { generator: createGenerator(1) });
  const refused: readonly ((a: Tensor) => Tensor)[] = [
    (a) => a.sub(a.sum({ axes: 1, keepDims: true })),
    (a) => a.add(outside),
    () => outside,
    (a) => a.mul(a.sum().item()),
    (a) => a.transpose(),
    (a) => a.slice({ axis: 0, stop: 32 }),
    (a) => a.greater(0),
    (a) => a.reshape([10, 10]).mul(2),
    (a) => a.reshape([a.size]),
    (a) => a.cumsum({ axis: 0 }),
  ];
  expect(fuse(() => [], { tensors: 1 })).toBeUndefined();
  expect(fuse((_, [n]) => [n as Tensor], { tensors: 0, numbers: 1 })).toBeUndefined();
  for (const fn of refused) expect(fuse(([a]) => [fn(a as Tensor)], { tensors: 1 })).toBeUndefined();
  expect(() =>
    fuse(
      () => {
        throw new Error("of the function itself");
      },
      { tensors: 1 },
    ),
  ).toThrow("of the function itself");
});

it("runs inside of a function that is fused in turn as its operations", () => {
  const double = made(([a]) => [(a as Tensor).mul(2)], 1);
  const fused = made(([a]) => [(double.run([a as Tensor])?.[0] ?? (a as Tensor).mul(2)).add(1)], 1);
  const [x] = draw([100]);
  expect(fused.run([x])?.map(bits)).toEqual([bits(x.mul(2).add(1))]);
});
