import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";

/** jax-js on its WebAssembly device. */
export const contestant = {
  name: "jax-js",
  about: "the whole step in one `jit`, the loop over time unrolled, since it has no `scan`",
  supports({ cell, time }) {
    if (!(cell in cells)) return "not written for it";
    return time <= longest || `traces every step: ${time} take more than 3 minutes to compile`;
  },
  async prepare(work) {
    await init("wasm");
    defaultDevice("wasm");
    const weights = Object.fromEntries(Object.entries(work.weights).map(([name, value]) => [name, arrayOf(value)]));
    return work.loss === "none" ? inference(work, weights) : training(work, weights);
  },
};

const longest = 128;

// A use consumes an array, unless it is of its `ref`.
const affine = (x, weight, bias) => np.matmul(x, np.transpose(weight)).add(bias);

const cells = {
  lstm(fromX, { h, c }, { recurrent, bias }) {
    const [i, f, g, o] = np.split(fromX.add(affine(h, recurrent.ref, bias.ref)), 4, 1);
    const nextC = nn
      .sigmoid(f)
      .mul(c)
      .add(nn.sigmoid(i).mul(np.tanh(g)));
    return { h: nn.sigmoid(o).mul(np.tanh(nextC.ref)), c: nextC };
  },
  gru(fromX, { h }, { recurrent, bias }) {
    const [rx, zx, nx] = np.split(fromX, 3, 1);
    const [rh, zh, nh] = np.split(affine(h.ref, recurrent.ref, bias.ref), 3, 1);
    const n = np.tanh(nx.add(nn.sigmoid(rx.add(rh)).mul(nh)));
    return { h: n.ref.add(nn.sigmoid(zx.add(zh)).mul(h.sub(n))) };
  },
  rnn: (fromX, { h }, { recurrent, bias }) => ({ h: np.tanh(fromX.add(affine(h, recurrent.ref, bias.ref))) }),
};

function arrayOf({ shape, data }) {
  return np.array(data).reshape(shape);
}

/** A layer over a sequence `[time, batch, size]`. */
function runLayer({ cell, time, batch, hidden }, weights, layer, sequence, start) {
  const own = (name) => weights[`rnn.${name}_l${layer}`].ref;
  const size = sequence.shape[2];
  const fromInputs = affine(sequence.reshape([time * batch, size]), own("weight_ih"), own("bias_ih"));
  const steps = time === 1 ? [fromInputs] : np.split(fromInputs, time, 0);
  const [recurrent, bias] = [own("weight_hh"), own("bias_hh")];
  let state = start ?? { h: np.zeros([batch, hidden]), ...(cell === "lstm" && { c: np.zeros([batch, hidden]) }) };
  const outputs = steps.map((fromX) => {
    state = cells[cell](fromX, state, { recurrent, bias });
    return state.h.ref;
  });
  return { outputs, state };
}

function computeLoss(work, weights, inputs, targets) {
  const { time, batch, layers, vocabulary, inputSize } = work;
  let sequence = vocabulary === undefined ? inputs : np.matmul(inputs, weights["embedding.weight"].ref);
  sequence = sequence.reshape([time, batch, inputSize]);
  let outputs;
  for (let layer = 0; layer < layers; layer++) {
    outputs = runLayer(work, weights, layer, sequence).outputs;
    if (layer < layers - 1) sequence = np.stack(outputs);
  }
  const features = work.loss === "cross-entropy" ? np.concatenate(outputs, 0) : outputs.at(-1);
  const prediction = affine(features, weights["head.weight"].ref, weights["head.bias"].ref);
  if (work.loss === "squared-error") return np.mean(np.square(prediction.sub(targets)));
  return np.sum(nn.logSoftmax(prediction).mul(targets)).mul(-1 / (time * batch));
}

function training(work, weights) {
  const { time, batch, vocabulary } = work;
  const { learningRate, beta1, beta2, epsilon, maxNorm } = work.training;
  const inTimeOrder = (value) => np.transpose(arrayOf(value), [1, 0, ...(value.shape.length > 2 ? [2] : [])]);
  const ones = (tokens) => nn.oneHot(inTimeOrder(tokens).reshape([time * batch]), vocabulary);
  const inputs = vocabulary === undefined ? inTimeOrder(work.inputs) : ones(work.inputs);
  const targets = vocabulary === undefined ? arrayOf(work.targets) : ones(work.targets);

  const update = jit((parameters, moments, rates, x, y) => {
    const [loss, gradients] = valueAndGrad((values) => computeLoss(work, values, x, y))(parameters);
    return { loss, ...adam(parameters, gradients, moments, rates) };
  });

  function adam(parameters, gradients, moments, rates) {
    const squares = Object.values(gradients).map((gradient) => np.sum(np.square(gradient.ref)));
    const norm = np.sqrt(squares.reduce((sum, square) => sum.add(square)));
    const scale = np.minimum(np.array(maxNorm).div(norm.add(1e-6)), 1);
    const next = { parameters: {}, moments: {} };
    for (const [name, parameter] of Object.entries(parameters)) {
      const gradient = gradients[name].mul(scale.ref);
      const m = moments[name].m.mul(beta1).add(gradient.ref.mul(1 - beta1));
      const v = moments[name].v.mul(beta2).add(np.square(gradient).mul(1 - beta2));
      const root = np.sqrt(v.ref.mul(rates.second.ref)).add(epsilon);
      next.parameters[name] = parameter.sub(m.ref.mul(rates.first.ref).div(root));
      next.moments[name] = { m, v };
    }
    return next;
  }

  let parameters = weights;
  let moments = tree.map((weight) => ({ m: np.zeros(weight.shape), v: np.zeros(weight.shape) }), weights);
  let latest;
  let steps = 0;
  return {
    async step() {
      steps++;
      const rates = { first: np.array(learningRate / (1 - beta1 ** steps)), second: np.array(1 / (1 - beta2 ** steps)) };
      const next = update(parameters, moments, rates, inputs.ref, targets.ref);
      await blockUntilReady(next);
      latest?.dispose();
      ({ loss: latest, parameters, moments } = next);
    },
    loss: async () => (await latest.ref.data())[0],
    dispose: () => tree.dispose([parameters, moments, latest, inputs, targets]),
  };
}

function inference(work, weights) {
  const { time, batch, inputSize, hidden } = work;
  const inputs = np.transpose(arrayOf(work.inputs), [1, 0, 2]).reshape([time, batch, inputSize]);
  const run = jit((values, x, state) => {
    const { outputs, state: next } = runLayer(work, values, 0, x, state);
    tree.dispose(outputs);
    return next;
  });
  let state = { h: np.zeros([batch, hidden]), c: np.zeros([batch, hidden]) };
  return {
    async step() {
      state = run(tree.ref(weights), inputs.ref, state);
      await blockUntilReady(state);
    },
    loss: async () => (await np.mean(np.square(state.h.ref)).data())[0],
    dispose: () => tree.dispose([state, weights, inputs]),
  };
}
