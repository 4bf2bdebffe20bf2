import { normal, createGenerator, tensor, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  accumulate,
  backward,
  detach,
  detectAnomaly,
  grad,
  gradientOf,
  hvp,
  jacobian,
  noGrad,
  onGradient,
  retainGradient,
  Tape,
  valueAndGrad,
  vjp,
} from "./index.js";

const float64 = { dtype: "float64" } as const;
const numbers = (x: Tensor | undefined): number[] => Array.from(x?.toTypedArray() ?? []);

describe("backward", () => {
  it("adds up at leaves and at retained values, over calls", () => {
    const weight = new Tape().variable(tensor([3]));
    const h = weight.mul(2);
    retainGradient(h);
    backward(h.square().sum(), { retainGraph: true });
    backward(h.sum());
    expect([weight.gradient?.item(), gradientOf(h)?.item()]).toEqual([26, 13]);
  });

  it("lets hooks see and replace whole gradients", () => {
    const seen: number[] = [];
    const f = (x: Tensor): Tensor => {
      const h = x.mul(2);
      onGradient(h, (gradient) => {
        seen.push(gradient.item());
        return gradient.mul(10);
      });
      return h.square().add(h).sum();
    };
    expect(grad(f)(tensor([3])).item()).toBe(260);
    expect(seen).toEqual([13]);
    expect(f(tensor([3])).item()).toBe(42);
  });

  it("explains a second pass, a freed value, and what is not recorded", () => {
    const tape = new Tape();
    const x = tape.variable(tensor([3]));
    const y = x.square();
    backward(y);
    expect(() => backward(y)).toThrow(/graph through mul was freed by an earlier backward pass; give that one retainGraph: true/);
    const h = x.exp();
    const z = h.square();
    h.dispose();
    expect(() => backward(z)).toThrow(/mul needs a value of the forward pass that was freed/);
    expect(() => backward(tensor([1]))).toThrow(/nothing recorded this tensor/);
    expect(() => tape.gradients(x.less(2).cast("float32"), [x])).toThrow(/results of less carry no gradient/);
    expect(() => tape.gradients(x.square(), [new Tape().variable(x)])).toThrow(/must be a variable of this tape/);
    expect(() => backward(x.square(), { seed: tensor([1, 2]) })).toThrow(/seed must have shape \[1\], got \[2\]/);
  });
});

describe("grad of trees", () => {
  it("keeps the shape of the tree", () => {
    const weights = { layers: [tensor([2]), tensor([3])], bias: new Map([["b", tensor([4])]]), classes: 3 };
    const loss = ({ layers: [a, b], bias }: typeof weights): Tensor =>
      (a as Tensor)
        .mul(b as Tensor)
        .add(bias.get("b") as Tensor)
        .sum();
    const found = grad(loss)(weights);
    expect(found.layers.map((x) => x.item())).toEqual([3, 2]);
    expect(found.bias.get("b")?.item()).toBe(1);
    expect(found.classes).toBe(3);
    expect(numbers(accumulate(accumulate(undefined, found), found).layers[0])).toEqual([6]);
  });

  it("gives zeros for integers and for what does not matter", () => {
    const f = (x: Tensor, indices: Tensor): Tensor => x.take(indices, { axis: 0 }).sum();
    const { gradients } = valueAndGrad(f)(tensor([1, 2, 3]), tensor([2, 2], { dtype: "int32" }));
    expect(gradients.map(numbers)).toEqual([
      [0, 0, 2],
      [0, 0],
    ]);
  });
});

describe("noGrad and detach", () => {
  it("do not record, and let inner tapes record", () => {
    expect(grad((x) => x.mul(noGrad(() => x.square())).sum())(tensor([3])).item()).toBe(9);
    expect(
      grad((x) =>
        noGrad(() => grad((y) => y.square().sum())(x))
          .mul(x)
          .sum(),
      )(tensor([3])).item(),
    ).toBe(6);
    expect(
      grad((x) =>
        detach({ h: x.mul(2) })
          .h.mul(x)
          .sum(),
      )(tensor([3])).item(),
    ).toBe(6);
    expect(() => noGrad(() => Promise.resolve(1))).toThrow(/noGrad: must end before it returns/);
  });
});

describe("vjp, jacobian and hvp", () => {
  const generator = createGenerator(3);
  const x = normal([3], { generator, ...float64 });
  it("agree with their definitions", () => {
    const { value, pullback } = vjp((p: Tensor) => p.square(), x);
    expect(value.interpreter.level).toBe(0);
    const seed = tensor([1, 2, 3], float64);
    expect(numbers(pullback(seed))).toEqual(numbers(x.mul(2).mul(seed)));
    expect(numbers(pullback(seed))).toEqual(numbers(x.mul(2).mul(seed)));
    const outer = jacobian((p) => p.unsqueeze({ axis: 1 }).mul(p), x);
    expect(outer.shape).toEqual([3, 3, 3]);
    const cube = (p: Tensor): Tensor => p.square().mul(p).sum();
    const along = tensor([1, -1, 2], float64);
    const expected = numbers(x.mul(6).mul(along));
    numbers(hvp(cube, x, along)).forEach((found, index) => expect(found).toBeCloseTo(expected[index] as number, 12));
    expect(numbers(hvp(({ a }: { a: Tensor }) => cube(a), { a: x }, { a: along }).a)).toEqual(numbers(hvp(cube, x, along)));
    expect(() => hvp(cube, x, tensor([1], float64))).toThrow(/hvp: direction must have the form of the inputs, got \[1\]/);
  });
});

describe("detectAnomaly", () => {
  it("names the operation that made the first NaN, and where it was called", () => {
    const forward = (): unknown => detectAnomaly(() => grad((x) => x.log().sum())(tensor([-1])));
    expect(forward).toThrow(/log: gave NaN, from inputs without one; called\n.*backward\.test\.ts/);
    const back = (): unknown => detectAnomaly(() => grad((x) => x.square().sqrt().sum())(tensor([0])));
    expect(back).toThrow(/mul: its gradient for input 0 is NaN, it received none; called\n.*backward\.test\.ts/);
  });

  it("notices a value that was written into between both passes", () => {
    const spoil = (): unknown =>
      detectAnomaly(() =>
        grad((x) => {
          const loss = x.square().sum();
          x.toDense().storage.data[0] = 7;
          return loss;
        })(tensor([3])),
      );
    expect(spoil).toThrow(/mul: its input 0 must stay as it was until the backward pass/);
  });
});

describe("gradients at ties and at 0", () => {
  const slope = (fn: (x: Tensor) => Tensor, at: number): number => grad((x) => fn(x).sum())(tensor([at], float64)).item();
  it("are as documented", () => {
    expect(slope((x) => x.abs(), 0)).toBe(0);
    expect(slope((x) => x.relu(), 0)).toBe(0);
    expect(slope((x) => x.sqrt(), 0)).toBe(Infinity);
    expect([0, 1, 2, 3].map((power) => slope((x) => x.pow(power), 0))).toEqual([0, 1, 0, 0]);
    expect(slope((x) => x.pow(0.5), 0)).toBe(Infinity);
    expect(slope((x) => x.maximum(0), 0)).toBe(0.5);
    expect(slope((x) => x.minimum(0), 0)).toBe(0.5);
    expect(numbers(grad((x) => x.min())(tensor([2, 1, 1, 1])))).toEqual([0, 1, 1, 1].map((n) => Math.fround(n / 3)));
    expect(slope((x) => x.square().sum().sqrt(), 0)).toBeNaN();
  });

  it("add up over repeated indices", () => {
    const indices = tensor([1, 1, 0], { dtype: "int32" });
    expect(numbers(grad((x) => x.take(indices, { axis: 0 }).sum())(tensor([1, 2, 3])))).toEqual([1, 2, 0]);
  });
});
