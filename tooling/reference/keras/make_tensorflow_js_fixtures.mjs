// Writes packages/serialize/fixtures/tensorflow-js: small models that TensorFlow.js saved, and what they give there.
//
// For each case: <case>/model.json with its shards, and <case>/run.json with inputs and outputs. Weights are random, so that swapped gates
// show. Run from a folder of its own:
//
//     npm install @tensorflow/tfjs@4.22.0
//     node <repository>/tooling/reference/keras/make_tensorflow_js_fixtures.mjs

import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const tf = createRequire(join(process.cwd(), "package.json"))("@tensorflow/tfjs");
const folder = fileURLToPath(new URL("../../../packages/serialize/fixtures/tensorflow-js/", import.meta.url));
const [B, T, I, H] = [3, 5, 2, 3];
const L = tf.layers;

// Numerical Recipes' generator: the same weights on every run.
let seed = 1;
const uniform = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const normalLike = (shape) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => uniform() * 3 - 1.5),
    shape,
  );

const series = () => normalLike([B, T, I]);
// Padded at the end, at the start and in the middle.
const tokens = () => tf.tensor2d([[3, 1, 4, 0, 0], [0, 0, 2, 6, 5], [1, 5, 0, 2, 4]], [B, T], "int32"); // prettier-ignore

function written({ shape, dtype, values }) {
  return { shape, dtype, values: Array.from(values) };
}
const plain = (tensor) => written({ shape: tensor.shape, dtype: tensor.dtype, values: tensor.dataSync() });

async function artifactsOf(model) {
  let kept;
  await model.save(tf.io.withSaveHandler(async (artifacts) => ((kept = artifacts), {})));
  return kept;
}

// Each group is a list of shards; change alters the artifacts before they are written and loaded back.
async function save(name, model, inputs, { shards = 1, change = (artifacts) => artifacts, calls = 1 } = {}) {
  model.setWeights(model.getWeights().map(({ shape }) => normalLike(shape)));
  const artifacts = change(await artifactsOf(model));
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const outputs = Array.from({ length: calls }, () => [loaded.predict(inputs, { batchSize: B })].flat().map(plain));
  mkdirSync(folder + name, { recursive: true });
  const bytes = Buffer.from(artifacts.weightData);
  const size = Math.ceil(bytes.length / shards);
  const paths = Array.from({ length: shards }, (_, index) => `group1-shard${index + 1}of${shards}.bin`);
  paths.forEach((path, index) => writeFileSync(join(folder, name, path), bytes.subarray(index * size, (index + 1) * size)));
  const { modelTopology, format, generatedBy, convertedBy, weightSpecs } = artifacts;
  const file = { format, generatedBy, convertedBy, modelTopology, weightsManifest: [{ paths, weights: weightSpecs }] };
  writeFileSync(join(folder, name, "model.json"), `${JSON.stringify(file)}\n`);
  writeFileSync(join(folder, name, "run.json"), `${JSON.stringify({ inputs: [inputs].flat().map(plain), calls: outputs })}\n`);
}

const sequence = (name, layers, options) => {
  const [first, ...others] = layers(T, I);
  return save(name, tf.sequential({ layers: [first, ...others] }), series(), options);
};
const text = (name, layers, options) => {
  const embedding = L.embedding({ inputDim: 7, outputDim: I, maskZero: true, inputLength: T });
  return save(name, tf.sequential({ layers: [embedding, ...layers] }), tokens(), options);
};
const inputShape = [T, I];

await sequence("rnn", () => [L.simpleRNN({ units: H, returnSequences: true, inputShape })]);
await sequence("lstm", () => [L.lstm({ units: H, returnSequences: true, inputShape })]);
await sequence("lstm-sigmoid", () => [L.lstm({ units: H, recurrentActivation: "sigmoid", useBias: false, inputShape })]);
await text("lstm-mask", [L.lstm({ units: H, returnSequences: true })]);
await sequence("gru", () => [L.gru({ units: H, returnSequences: true, inputShape })]);
await text("gru-relu", [L.gru({ units: H, activation: "relu", recurrentActivation: "sigmoid", returnSequences: true })]);
await sequence("gru-backwards", () => [L.gru({ units: H, goBackwards: true, returnSequences: true, inputShape })]);
for (const mergeMode of ["concat", "sum", "mul", "ave"]) {
  await sequence(`bidirectional-${mergeMode}`, () => [
    L.bidirectional({ layer: L.lstm({ units: H, returnSequences: true }), mergeMode, inputShape }),
    L.simpleRNN({ units: H }),
  ]);
}
await text(
  "classifier",
  [L.bidirectional({ layer: L.gru({ units: H }) }), L.dropout({ rate: 0.2 }), L.dense({ units: 2, activation: "softmax" })],
  {
    shards: 3,
  },
);
await sequence("forecaster", () => [
  L.conv1d({ filters: 4, kernelSize: 2, padding: "same", activation: "selu", inputShape }),
  L.masking({ maskValue: 0 }),
  L.lstm({ units: H, returnSequences: true }),
  L.layerNormalization({}),
  L.timeDistributed({ layer: L.dense({ units: 4, activation: "softplus" }) }),
  L.flatten(),
  L.dense({ units: 2 }),
]);
await sequence("autoencoder", () => [
  L.lstm({ units: H, inputShape }),
  L.repeatVector({ n: T }),
  L.gru({ units: H, returnSequences: true }),
  L.globalAveragePooling1d({}),
]);

const pair = tf.input({ shape: [T, I], name: "pair" });
const each = L.bidirectional({ layer: L.simpleRNN({ units: H, returnSequences: true }), mergeMode: null }).apply(pair);
await save("bidirectional-none", tf.model({ inputs: pair, outputs: each }), series());

const source = tf.input({ shape: [T], dtype: "int32", name: "source" });
const target = tf.input({ shape: [T, I], name: "target" });
const embedded = L.embedding({ inputDim: 7, outputDim: I }).apply(source);
const [, h, c] = L.lstm({ units: H, returnState: true }).apply(embedded);
const decoded = L.lstm({ units: H, returnSequences: true }).apply(target, { initialState: [h, c] });
const joined = L.concatenate().apply([decoded, target]);
const head = L.dense({ units: 2, activation: "tanh" }).apply(joined);
await save("encoder-decoder", tf.model({ inputs: [source, target], outputs: [head, h] }), [tokens(), series()]);

// As tensorflowjs_converter writes a model of Keras 2: its configuration below model_config, and the cell in the names.
await text(
  "converted",
  [L.lstm({ units: H, recurrentActivation: "sigmoid", name: "lstm_1" }), L.dense({ units: 2, name: "dense_1" })],
  {
    change: (artifacts) => ({
      ...artifacts,
      generatedBy: "keras v2.15.0",
      convertedBy: "TensorFlow.js Converter v4.22.0",
      modelTopology: {
        keras_version: "2.15.0",
        backend: "tensorflow",
        model_config: { class_name: "Sequential", config: artifacts.modelTopology.config },
      },
      weightSpecs: artifacts.weightSpecs.map((spec) => ({ ...spec, name: spec.name.replace("lstm_1/", "lstm_1/lstm_cell/") })),
    }),
  },
);

// As the converter quantises: stored = round((value - min) / scale), or float16.
function quantised(artifacts, dtype) {
  const chunks = [];
  let start = 0;
  const weightSpecs = artifacts.weightSpecs.map((spec) => {
    const length = spec.shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(artifacts.weightData.slice(start, (start += length * 4)));
    if (dtype === "float16") {
      chunks.push(Buffer.from(Uint16Array.from(values, toHalf).buffer));
      return { ...spec, quantization: { dtype } };
    }
    const min = Math.min(...values);
    const levels = dtype === "uint8" ? 255 : 65535;
    const scale = (Math.max(...values) - min) / levels;
    const Kind = dtype === "uint8" ? Uint8Array : Uint16Array;
    chunks.push(Buffer.from(Kind.from(values, (value) => Math.round((value - min) / scale)).buffer));
    return { ...spec, quantization: { dtype, min, scale } };
  });
  const weightData = Buffer.concat(chunks);
  return {
    ...artifacts,
    weightSpecs,
    weightData: weightData.buffer.slice(weightData.byteOffset, weightData.byteOffset + weightData.length),
  };
}

// Of a normal number, truncated.
function toHalf(value) {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  const exponent = ((bits >>> 23) & 0xff) - 112;
  return exponent <= 0 ? 0 : ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

for (const dtype of ["uint8", "uint16", "float16"]) {
  await sequence(`quantised-${dtype}`, () => [L.gru({ units: H, inputShape }), L.dense({ units: 2 })], {
    change: (artifacts) => quantised(artifacts, dtype),
  });
}

const stateful = tf.sequential({ layers: [L.lstm({ units: H, stateful: true, batchInputShape: [B, T, I] })] });
await save("stateful", stateful, series(), { calls: 3 });
