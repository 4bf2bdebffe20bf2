import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";

import { ones, scope, tensor, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { countBlocks } from "./block-counter.js";
import { grad, Tape } from "./index.js";

const kilobyte = 1024;
const size = kilobyte / 4;

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

describe("memory", () => {
  it("stores the values derivatives read, and lets go of them in the backward pass", async () => {
    const tape = new Tape();
    const x = tape.variable(ones([size]));
    const watched: WeakRef<object>[] = [];
    const run = (): Tensor => {
      let y: Tensor = x;
      for (let step = 0; step < 20; step++) {
        const sum = y.add(1); // no derivative reads it: not stored
        y = sum.tanh(); // its derivative reads the output: stored
        watched.push(new WeakRef(sum.toDense().storage), new WeakRef(y.toDense().storage));
      }
      return y.sum();
    };
    const loss = run();
    const alive = (): number => watched.filter((block) => block.deref() !== undefined).length;
    await new Promise((resolve) => setTimeout(resolve, 0));
    collectGarbage();
    expect(alive()).toBeLessThanOrEqual(20 + 1); // nothing else
    tape.gradients(loss, [x]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    collectGarbage();
    expect(alive()).toBeLessThanOrEqual(1);
  });

  it("gives cotangents back as soon as nobody needs them", () => {
    const peakOf = (steps: number): number =>
      scope(() => {
        const tape = new Tape();
        const x = tape.variable(ones([size]));
        let y: Tensor = x;
        for (let step = 0; step < steps; step++) y = y.tanh().mul(0.5).add(x);
        const loss = y.sum();
        const counter = countBlocks();
        try {
          tape.gradients(loss, [x]);
          return counter.peak();
        } finally {
          counter.stop();
        }
      });
    expect(peakOf(50)).toBe(peakOf(10));
    expect(peakOf(50)).toBeLessThanOrEqual(8 * kilobyte);
  });

  it("never frees what others hold: inputs, seeds, shared gradients, values", () => {
    const tape = new Tape();
    const [a, b] = [tape.variable(tensor([[1, 2]])), tape.variable(tensor([[3], [4]]))];
    const seed = tensor([[1], [1]]);
    const h = a.transpose().add(b);
    const kept = h.reshape([1, 2]);
    const [ga, gb, gh] = tape.gradients(kept.transpose(), [a, b, h as typeof a], { seed });
    const all = [a, b, h, kept, seed, ga, gb, gh] as Tensor[];
    expect(all.map((x) => x.toDense().storage.disposed)).toEqual(all.map(() => false));
    expect([ga, gb, gh].map((x) => Array.from(x?.toTypedArray() ?? []))).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    const second = grad((x) => grad((y) => y.square().mul(x).sum())(x).sum());
    expect(second(tensor([3])).item()).toBe(12);
  });
});
