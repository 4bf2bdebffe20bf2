import { Tape } from "@unroll/autograd";
import { adam, clipByGlobalNorm } from "@unroll/optim";
import { disposeTree, fromTypedArray, keep, scope } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";

import { Model } from "../model.js";

/**
 * This library under some settings.
 *
 * @param {{ name: string, engine: "tape" | "compiled", backend?: import("@unroll/wasm").WasmOptions }} settings
 */
export function unrollContestant({ name, engine, backend = {} }) {
  return {
    name,
    supports: () => true,
    async prepare(work) {
      const { threads = 1 } = await useWasm(backend);
      if (threads !== (backend.threads ?? 1)) throw new Error(`wants ${backend.threads} threads, got ${threads}`);
      console.warn = refuse;
      const model = new Model(work, { engine });
      const tensorOf = ({ shape, data }) => fromTypedArray(data, shape);
      model.loadStateDict(Object.fromEntries(Object.entries(work.weights).map(([key, value]) => [key, tensorOf(value)])));
      const inputs = tensorOf(work.inputs);
      return work.loss === "none" ? inference(model, inputs) : trainingOf(model, inputs, tensorOf(work.targets), work.training);
    },
  };
}

/** A cell that cannot be compiled says so and runs on the tape: then it is not the contestant of that name. */
function refuse(message) {
  throw new Error(message);
}

function trainingOf(model, inputs, targets, { maxNorm, ...settings }) {
  const optimizer = adam(settings);
  const parameters = [...model.train().parameters()];
  const values = () => Object.fromEntries(parameters.map(([name, { value }]) => [name, value]));
  let state = optimizer.init(values());
  let latest;

  /** One step; `mark` is told where a phase ends. */
  function step(mark = () => {}) {
    scope(() => {
      const tape = new Tape();
      const variables = parameters.map(([, parameter]) => tape.variable(parameter.value));
      parameters.forEach(([, parameter], index) => parameter.bind(variables[index]));
      const prediction = model.forward(inputs);
      mark("forward");
      const loss = model.loss(prediction, targets);
      for (const [, parameter] of parameters) parameter.bind(undefined);
      mark("loss");
      const found = tape.gradients(loss, variables);
      mark("backward");
      const gradients = Object.fromEntries(parameters.map(([name], index) => [name, found[index]]));
      const bounded = clipByGlobalNorm(gradients, { maxNorm }).gradients;
      mark("clip");
      const updated = optimizer.update(bounded, state, values());
      disposeTree(state.slots);
      state = keep(updated.state);
      for (const [name, parameter] of parameters) parameter.assign(updated.parameters[name]);
      latest = loss.item();
      mark("optimizer");
    });
  }

  return { step: () => step(), loss: () => latest, profile: step, dispose: () => disposeTree([state.slots, inputs, targets]) };
}

function inference({ rnn }, inputs) {
  let state = keep(rnn.zeroState(inputs.shape[0]));
  return {
    step() {
      const next = keep(scope(() => rnn.forward(inputs, { state }).state));
      disposeTree(state);
      state = next;
    },
    loss: () => scope(() => state[0].h.square().mean().item()),
    dispose: () => disposeTree([state, inputs]),
  };
}
