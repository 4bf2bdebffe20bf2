import { createGenerator, disposeTree, keep, normal, scope, setBackend, type Shape, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { expect, it } from "vitest";

import {
  momentCoefficients,
  momentSlots,
  momentStep,
  type AdaptiveMomentSettings,
  type MomentCoefficient,
  type MomentSlot,
} from "./adaptive-moments.js";
import { defineOptimizer, type OptimizerDefinition } from "./define-optimizer.js";
import type { OptimizerState } from "./index.js";

const definition: OptimizerDefinition<AdaptiveMomentSettings, MomentSlot, MomentCoefficient> = {
  name: "adam",
  defaults: { learningRate: 1e-3, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false },
  slots: momentSlots,
  coefficients: momentCoefficients,
  update: (update) => momentStep(update.parameter, update.gradient, update),
};

// A character model: embedding, LSTM layers, head.
const model = (size: number, hidden: number, layers: number): Shape[] => [
  [65, size],
  ...Array.from({ length: layers }, (_, layer) => [
    [4 * hidden, layer === 0 ? size : hidden],
    [4 * hidden, hidden],
    [4 * hidden],
    [4 * hidden],
  ]).flat(),
  [65, hidden],
  [65],
];

// Takes one step of Adam, and frees what it replaces.
function stepper(shapes: readonly Shape[], elementwise: boolean): () => void {
  const optimizer = defineOptimizer({ ...definition, elementwise })();
  const generator = createGenerator(1);
  const draw = (): Record<string, Tensor> =>
    keep(Object.fromEntries(shapes.map((shape, index) => [`p${index}`, normal(shape, { generator })])));
  const gradients = draw();
  let parameters = draw();
  let state: OptimizerState = keep(optimizer.init(parameters));
  return () => {
    const before = { parameters, slots: state.slots };
    ({ parameters, state } = scope(() => keep(optimizer.update(gradients, state, parameters))));
    disposeTree(before);
  };
}

it.each([
  ["hidden 32", model(16, 32, 1), 600],
  ["2 x 64", model(32, 64, 2), 300],
  ["hidden 128", model(64, 128, 1), 300],
  ["2 x 512", model(128, 512, 2), 40],
])("Adam on WebAssembly, LSTM %s: by operations and in one pass", async (name, shapes, rounds) => {
  const before = setBackend(await useWasm());
  try {
    const ways = [stepper(shapes, false), stepper(shapes, true)];
    const times: number[][] = [[], []];
    // In turns, and the fastest of each, as a busy machine slows some; the first ten warm up.
    for (let round = 0; round < rounds + 10; round++) {
      ways.forEach((step, index) => {
        const begun = performance.now();
        step();
        if (round >= 10) times[index]?.push(performance.now() - begun);
      });
    }
    const [apart, fused] = times.map((all) => Math.min(...all)) as [number, number];
    console.log(`${name}: by operations ${apart.toFixed(3)} ms, in one pass ${fused.toFixed(3)} ms`);
    expect(fused).toBeLessThan(1.1 * apart);
  } finally {
    setBackend(before);
  }
});
