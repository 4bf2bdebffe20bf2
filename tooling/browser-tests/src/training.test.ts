import { fit } from "@unroll/bptt";
import { lstm, unroll } from "@unroll/cells";
import { Linear, meanSquaredError, Module } from "@unroll/nn";
import { adam } from "@unroll/optim";
import { decodeSafetensors, encodeSafetensors } from "@unroll/serialize";
import { createGenerator, normal, setBackend, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { expect, it } from "vitest";

class Summing extends Module {
  rnn = unroll(lstm, { inputSize: 1, hiddenSize: 12 });
  head = new Linear(12, 1);
  forward(x: Tensor): Tensor {
    return this.head.forward(this.rnn.forward(x).output);
  }
}

it("trains in a page while the page stays alive, and saves what it learned", async () => {
  const before = setBackend(await useWasm());
  const inputs = normal([8, 12, 1], { generator: createGenerator(1) });
  const targets = inputs.cumsum({ axis: 1 }).mul(0.1);
  const model = new Summing().initialize({ seed: 1 });
  let frames = 0;
  let training = true;
  const tick = (): void => {
    frames++;
    if (training) setTimeout(tick, 1);
  };
  tick();
  const { loss } = await fit(model, [{ inputs, targets }], {
    loss: meanSquaredError,
    optimizer: adam({ learningRate: 0.02 }),
    epochs: 150,
  });
  training = false;
  expect(loss).toBeLessThan(0.01);
  expect(frames).toBeGreaterThan(5);

  const copy = new Summing().loadStateDict(decodeSafetensors(encodeSafetensors(model.stateDict())).tensors);
  expect(Array.from(copy.forward(inputs).toTypedArray())).toEqual(Array.from(model.forward(inputs).toTypedArray()));
  setBackend(before);
});
