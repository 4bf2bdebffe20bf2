import { lstm, unroll } from "@unroll/cells";
import { crossEntropy, differentiate, Linear, Module } from "@unroll/nn";
import { adam, clipByGlobalNorm, type OptimizerState } from "@unroll/optim";
import { createGenerator, disposeTree, fromTypedArray, keep, normal, scope, setBackend, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { expect, it } from "vitest";

import { fit, type ModelState, type SequenceModel } from "./index.js";

const [batch, time, size, classes, steps] = [32, 64, 128, 32, 12] as const;
const clip = { maxNorm: 1 };

class Classifier extends Module implements SequenceModel {
  rnn = unroll(lstm, { inputSize: size, hiddenSize: size });
  head = new Linear(size, classes);

  forward(x: Tensor, state?: ModelState): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(x, { state });
    return { logits: this.head.forward(output), state: next };
  }
}

// Milliseconds of each step of a loop that does what must be done, and nothing else.
function byHand(inputs: Tensor, targets: Tensor): number[] {
  const model = new Classifier().initialize({ seed: 1 });
  const optimizer = adam();
  const parameters = model.parameters();
  const values = (): Record<string, Tensor> => Object.fromEntries([...parameters].map(([name, { value }]) => [name, value]));
  let state: OptimizerState = optimizer.init(values());
  return Array.from({ length: steps }, () => {
    const begun = performance.now();
    scope(() => {
      const { gradients } = differentiate(model, () => crossEntropy(model.forward(inputs).logits, targets));
      const updated = optimizer.update(clipByGlobalNorm(gradients, clip).gradients, state, values());
      disposeTree(state.slots);
      state = keep(updated.state);
      for (const [name, parameter] of parameters) parameter.assign(updated.parameters[name] as Tensor);
    });
    return performance.now() - begun;
  });
}

async function byFit(inputs: Tensor, targets: Tensor): Promise<number[]> {
  const milliseconds: number[] = [];
  let begun = performance.now();
  await fit(new Classifier().initialize({ seed: 1 }), [{ inputs, targets }], {
    loss: crossEntropy,
    optimizer: adam(),
    clip,
    epochs: steps,
    onStep: () => {
      milliseconds.push(performance.now() - begun);
      begun = performance.now();
    },
  });
  return milliseconds;
}

it("a step of fit takes less than 3% longer than one written by hand: LSTM, hidden 128, batch 32, T 64, WebAssembly", async () => {
  const before = setBackend(await useWasm());
  try {
    const generator = createGenerator(1);
    const inputs = normal([batch, time, size], { generator });
    const labels = Int32Array.from({ length: batch * time }, () => generator.integer(classes));
    const targets = fromTypedArray(labels, [batch, time]);
    const hand: number[] = [];
    const fitted: number[] = [];
    // In turns, so that a busy machine slows both alike; the first two steps of each warm up.
    for (let round = 0; round < 5; round++) {
      hand.push(...byHand(inputs, targets).slice(2));
      fitted.push(...(await byFit(inputs, targets)).slice(2));
    }
    const quartile = (values: readonly number[]): number =>
      [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)] as number;
    const overhead = quartile(fitted) / quartile(hand) - 1;
    console.log(
      `by hand ${quartile(hand).toFixed(1)} ms, fit ${quartile(fitted).toFixed(1)} ms: ${(100 * overhead).toFixed(1)}%`,
    );
    expect(overhead).toBeLessThan(0.03);
  } finally {
    setBackend(before);
  }
});
