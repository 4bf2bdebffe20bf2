/**
 * @typedef {object} Work
 * @property {string} id - What the command line calls it.
 * @property {string} title
 * @property {string} cell - Key into each contestant's cells.
 * @property {number} layers
 * @property {number} hidden
 * @property {number} batch
 * @property {number} time
 * @property {number} [vocabulary] - Inputs are tokens; they go through an embedding. Else features.
 * @property {number} inputSize - Width of the embedding, or number of features.
 * @property {"cross-entropy" | "squared-error" | "none"} loss - At each step; on the last state; inference only.
 * @property {{ oneThread: number, twoThreads?: number | "no worse", memory?: number }} [targets] - Largest ratios to
 *   PyTorch; or, of two threads, no worse than one.
 */

const text = { cell: "lstm", layers: 1, vocabulary: 65, inputSize: 64, hidden: 128, batch: 32, time: 64, loss: "cross-entropy" };
const series = { layers: 1, batch: 32, loss: "squared-error" };
const inference = { cell: "lstm", layers: 1, inputSize: 64, hidden: 256, loss: "none" };

/** @type {readonly Work[]} */
export const works = [
  { ...text, id: "W1", title: "LSTM 128, batch 32, T 64, text", targets: { oneThread: 1.2, twoThreads: 0.75 } },
  {
    ...text,
    id: "W2",
    title: "LSTM 2 x 512, batch 64, T 64, text",
    ...{ layers: 2, inputSize: 128, hidden: 512, batch: 64 },
    targets: { oneThread: 2.2, twoThreads: 1.3 },
  },
  {
    ...series,
    id: "W3",
    title: "GRU 64, batch 32, T 48, 8 features",
    ...{ cell: "gru", inputSize: 8, hidden: 64, time: 48 },
    targets: { oneThread: 0.6, twoThreads: "no worse" },
  },
  {
    ...series,
    id: "W4",
    title: "Elman 32, batch 32, T 128, 1 feature",
    ...{ cell: "rnn", inputSize: 1, hidden: 32, time: 128 },
    targets: { oneThread: 0.3, twoThreads: "no worse" },
  },
  {
    ...series,
    id: "W5",
    title: "LSTM 32, batch 1, T 32, 8 features",
    ...{ cell: "lstm", inputSize: 8, hidden: 32, batch: 1, time: 32 },
    targets: { oneThread: 0.06 },
  },
  {
    ...text,
    id: "W6",
    title: "LSTM 128, batch 16, T 1024, text",
    ...{ batch: 16, time: 1024 },
    targets: { oneThread: 1, twoThreads: 0.7, memory: 1 },
  },
  { ...inference, id: "I1", title: "one LSTM step, 256, batch 1", batch: 1, time: 1, targets: { oneThread: 0.6 } },
  {
    ...inference,
    id: "I2",
    title: "LSTM 256, batch 32, T 128, inference",
    ...{ batch: 32, time: 128 },
    targets: { oneThread: 1.2, twoThreads: 0.8 },
  },
  { ...text, id: "C1", title: "dense-peephole LSTM on the shape of W1", cell: "peephole" },
  { ...text, id: "C2", title: "damped oscillator on the shape of W1", cell: "oscillator" },
];

/** How every contestant trains. The bound is low enough for clipping to happen. */
export const training = { learningRate: 2e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0.1 };
