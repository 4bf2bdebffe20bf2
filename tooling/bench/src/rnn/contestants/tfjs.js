import * as tf from "@tensorflow/tfjs"; // with the gradients, which its core does not register
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";

/**
 * TensorFlow.js on one thread.
 *
 * @param {"cpu" | "wasm"} backend
 */
export function tfjsContestant(backend) {
  return {
    name: `tfjs-${backend}`,
    about: "loop written over its operations with one product for the inputs of all steps; its layers have no clipping by norm",
    supports: ({ cell }) => cell in cells || "not written for it",
    async prepare(work) {
      if (backend === "wasm") setThreadsCount(1);
      if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend does not start`);
      const weights = Object.fromEntries(
        Object.entries(work.weights).map(([name, { shape, data }]) => [name, tf.variable(tf.tensor(data, shape), true, name)]),
      );
      return work.loss === "none" ? inference(work, weights) : training(work, weights);
    },
  };
}

const { add, div, matMul, mul, reshape, sigmoid, split, square, sub, sum, tanh } = tf;
const affine = (x, weight, bias) => add(matMul(x, weight, false, true), bias);

const cells = {
  lstm(fromX, { h, c }, { recurrent, bias }) {
    const [i, f, g, o] = split(add(fromX, affine(h, recurrent, bias)), 4, 1);
    const nextC = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
    return { h: mul(sigmoid(o), tanh(nextC)), c: nextC };
  },
  gru(fromX, { h }, { recurrent, bias }) {
    const [rx, zx, nx] = split(fromX, 3, 1);
    const [rh, zh, nh] = split(affine(h, recurrent, bias), 3, 1);
    const z = sigmoid(add(zx, zh));
    const n = tanh(add(nx, mul(sigmoid(add(rx, rh)), nh)));
    return { h: add(n, mul(z, sub(h, n))) };
  },
  rnn: (fromX, { h }, { recurrent, bias }) => ({ h: tanh(add(fromX, affine(h, recurrent, bias))) }),
};

const tensorOf = ({ shape, data }) => tf.tensor(data, shape, data instanceof Int32Array ? "int32" : "float32");

/** `[batch, time, …] -> [time, batch, …]` */
function inTimeOrder(array) {
  const others = array.shape.map((_, axis) => axis).slice(2);
  return tf.transpose(tensorOf(array), [1, 0, ...others]);
}

/** `[batch, time, size] -> [time * batch, size]`, one step after the other. */
function rowsOf(array) {
  return reshape(inTimeOrder(array), [-1, array.shape[2]]);
}

/** A layer over a sequence as a list of `[batch, size]`. */
function runLayer({ cell, batch, hidden }, weights, layer, sequence, start) {
  const own = (name) => weights[`rnn.${name}_l${layer}`];
  const { length } = sequence;
  const inputs = tf.concat(sequence, 0);
  const fromInputs = split(affine(inputs, own("weight_ih"), own("bias_ih")), length, 0);
  let state = start ?? { h: tf.zeros([batch, hidden]), c: tf.zeros([batch, hidden]) };
  const outputs = fromInputs.map((each) => {
    state = cells[cell](each, state, { recurrent: own("weight_hh"), bias: own("bias_hh") });
    return state.h;
  });
  return { outputs, state };
}

function training(work, weights) {
  const { batch, time, layers, vocabulary, loss: kind } = work;
  const { learningRate, beta1, beta2, epsilon, maxNorm } = work.training;
  const optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);
  // The embedding as a product with ones, since the gradient of gather has no kernel in its wasm backend.
  const ones = (tokens) => tf.cast(tf.oneHot(reshape(inTimeOrder(tokens), [-1]), vocabulary), "float32");
  const inputs = vocabulary === undefined ? rowsOf(work.inputs) : ones(work.inputs);
  const targets = vocabulary === undefined ? tensorOf(work.targets) : ones(work.targets);
  let latest;

  function computeLoss() {
    let sequence = split(vocabulary === undefined ? inputs : matMul(inputs, weights["embedding.weight"]), time, 0);
    for (let layer = 0; layer < layers; layer++) sequence = runLayer(work, weights, layer, sequence).outputs;
    const features = kind === "cross-entropy" ? tf.concat(sequence, 0) : sequence.at(-1);
    const prediction = affine(features, weights["head.weight"], weights["head.bias"]);
    if (kind === "squared-error") return tf.mean(square(sub(prediction, targets)));
    return div(sum(mul(tf.logSoftmax(prediction), targets)), -time * batch);
  }

  return {
    step() {
      latest?.dispose();
      latest = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(computeLoss);
        const norm = tf.sqrt(tf.addN(Object.values(grads).map((gradient) => sum(square(gradient)))));
        const scale = tf.minimum(1, div(maxNorm, add(norm, 1e-6)));
        optimizer.applyGradients(Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, mul(g, scale)])));
        return value;
      });
    },
    loss: () => latest.dataSync()[0],
    dispose: () => tf.disposeVariables(),
  };
}

function inference(work, weights) {
  const inputs = rowsOf(work.inputs);
  let state;
  return {
    step() {
      const next = tf.tidy(() => runLayer(work, weights, 0, split(inputs, work.time, 0), state).state);
      tf.dispose(state);
      state = next;
    },
    loss: () => tf.tidy(() => tf.mean(square(state.h)).dataSync()[0]),
    dispose: () => tf.disposeVariables(),
  };
}
