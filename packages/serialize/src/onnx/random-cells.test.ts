import { defineCell, unroll, type Cell } from "@unroll/cells";
import { glorotUniform, Module } from "@unroll/nn";
import { concat, createGenerator, fromTypedArray, normal, where, type Tensor } from "@unroll/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";

import { exportOnnx, importOnnx } from "../onnx.js";

type Operation = (a: Tensor, b: Tensor, weight: Tensor) => Tensor;

const operations: Readonly<Record<string, Operation>> = {
  product: (a, _, weight) => a.matmul(weight.transpose()),
  gain: (a, _, weight) => a.mul(weight.slice({ axis: 0, stop: 1 })),
  tanh: (a) => a.tanh(),
  sigmoid: (a) => a.sigmoid(),
  softmax: (a) => a.softmax(),
  sine: (a) => a.sin(),
  log: (a) => a.abs().log1p(),
  root: (a) => a.square().add(1).sqrt(),
  power: (a) => a.tanh().expm1().pow(2),
  add: (a, b) => a.add(b),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.tanh().mul(b),
  div: (a, b) => a.div(b.square().add(1)),
  larger: (a, b) => a.maximum(b).minimum(2),
  where: (a, b) => where(a.less(b).logicalOr(b.less(0)), a, b.neg()),
  turned: (a) => concat(a.split([1, (a.shape[1] as number) - 1], { axis: 1 }).reverse(), { axis: 1 }),
  backwards: (a) => a.flip({ axis: 1 }),
  column: (a, b) => a.mul(b.mean({ axes: 1, keepDims: true })),
  ranked: (a) => a.takeAlong(a.argsort({ axis: 1 }), { axis: 1 }),
  normal: (a) => a.sub(a.mean({ axes: 1, keepDims: true })).div(a.variance({ axes: 1, keepDims: true }).add(0.1).sqrt()),
};

interface RandomCell {
  readonly states: number;
  readonly lines: readonly (readonly [operation: string, a: number, b: number])[];
}

const randomCell: fc.Arbitrary<RandomCell> = fc.record({
  states: fc.integer({ min: 1, max: 3 }),
  lines: fc.array(fc.tuple(fc.constantFrom(...Object.keys(operations)), fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 10 }),
});

/** A cell whose step takes each line's operation on two values before it; the last values are its states, squashed. */
function cellOf({ states, lines }: RandomCell): Cell {
  const names = Array.from({ length: states }, (_, index) => `s${index}`);
  return defineCell<string, Readonly<Record<string, Tensor>>>({
    name: "random",
    state: names,
    parameters: ({ hiddenSize }) =>
      Object.fromEntries(lines.map((_, index) => [`w${index}`, { shape: [hiddenSize, hiddenSize], initializer: glorotUniform }])),
    step(weights, x, state) {
      const values = [x.matmul((weights["weightIh"] as Tensor).transpose()), ...names.map((name) => state[name] as Tensor)];
      lines.forEach(([operation, a, b], index) => {
        const [left, right] = [a, b].map((at) => values[at % values.length] as Tensor) as [Tensor, Tensor];
        values.push((operations[operation] as Operation)(left, right, weights[`w${index}`] as Tensor));
      });
      const next = names.map((name, index) => [name, (values.at(-1 - index) as Tensor).tanh()] as const);
      return { output: values.at(-1) as Tensor, state: Object.fromEntries(next) };
    },
  });
}

it("writes any cell so that it comes back the same, at any size and under any mask", () => {
  fc.assert(
    fc.property(randomCell, fc.constantFrom("forward", "reverse", "bidirectional"), (recipe, direction) => {
      class Masked extends Module {
        readonly rnn = unroll(cellOf(recipe), { inputSize: 3, hiddenSize: 4, direction });
        forward(x: Tensor, mask: Tensor): Readonly<Record<string, Tensor>> {
          const { output, last, state } = this.rnn.forward(x, { mask });
          return { output, last, state: state[0]?.["s0"] as Tensor };
        }
      }
      const model = new Masked().initialize({ seed: 1 });
      const draw = (batch: number, time: number): { x: Tensor; mask: Tensor } => ({
        x: normal([batch, time, 3], { generator: createGenerator(batch) }),
        mask: fromTypedArray(
          Int32Array.from({ length: batch * time }, (_, at) => Number((at * 7) % 5 < 3)),
          [batch, time],
        ),
      });
      const imported = importOnnx(exportOnnx(model, draw(2, 3)));
      for (const { x, mask } of [draw(2, 3), draw(1, 5)]) {
        const outputs = imported.run({ x, mask });
        for (const [name, expected] of Object.entries(model.forward(x, mask))) {
          expect(outputs[name]?.shape).toEqual(expected.shape);
          const scale = Math.max(1, expected.abs().max().item());
          expect((outputs[name]?.sub(expected).abs().max().item() ?? NaN) / scale).toBeLessThan(1e-5);
        }
      }
    }),
    { numRuns: 60, seed: 8 },
  );
});
