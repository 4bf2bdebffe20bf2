import brain from "brain.js";

/** brain.js, as far as it goes. */
export const contestant = {
  name: "brain.js",
  about:
    "one sequence is timed and counts once per row, since it has no batches; RMSprop after each sequence, element-wise clipping, " +
    "weights of its own; its Elman cell has relu; on features it predicts the next ones at each step",
  supports({ cell, loss, time }) {
    if (!(cell in networks)) return "has no such cell";
    return loss !== "none" || time > 1 || "has no step that carries a state";
  },
  prepare(work) {
    return work.vocabulary === undefined ? onFeatures(work) : onTokens(work);
  },
};

const { LSTM, LSTMTimeStep, GRUTimeStep, RNNTimeStep } = brain.recurrent;
const networks = { lstm: LSTMTimeStep, gru: GRUTimeStep, rnn: RNNTimeStep };

function onTokens({ vocabulary, inputSize, hidden, layers, batch, time, inputs, training }) {
  const hiddenLayers = Array.from({ length: layers }, () => hidden);
  const sizes = { inputSize, inputRange: vocabulary, outputSize: vocabulary, hiddenLayers };
  const network = new LSTM({ ...sizes, dataFormatter: null, learningRate: training.learningRate });
  network.initialize();
  const tokens = Array.from(inputs.data.subarray(0, time - 1)); // it adds a step for the beginning
  return { step: () => void network.trainPattern(tokens), loss: () => null, share: batch, dispose() {} };
}

function onFeatures({ cell, inputSize, hidden, layers, batch, time, loss, inputs, training }) {
  const hiddenLayers = Array.from({ length: layers }, () => hidden);
  const sizes = { inputSize, outputSize: inputSize, hiddenLayers };
  const network = new networks[cell]({ ...sizes, learningRate: training.learningRate });
  const row = Array.from(inputs.data.subarray(0, time * inputSize));
  const sequence = inputSize === 1 ? row : Array.from({ length: time }, (_, t) => row.slice(t * inputSize, (t + 1) * inputSize));
  network.verifyIsInitialized([sequence]);
  network.trainPattern(sequence); // before that it does not run
  const step = () => void (loss === "none" ? network.run(sequence) : network.trainPattern(sequence));
  return { step, loss: () => null, share: batch, dispose() {} };
}
