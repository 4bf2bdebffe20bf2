import { readFileSync } from "node:fs";

import { unzipSync, zipSync } from "fflate";
import fc from "fast-check";
import { File, ready } from "h5wasm";
import { describe, expect, it } from "vitest";

import { SerializeError } from "../error.js";
import { change, spoil, spoilt } from "../hostile/spoil.js";
import { importKeras } from "../keras.js";
import { importTensorflowJs } from "../tensorflow-js.js";
import { openArchive } from "./archive.js";
import { buildModel } from "./build-model.js";
import { readHdf5 } from "./hdf5.js";
import { readGraph } from "./model-graph.js";
import { numberedWeights } from "./numbered-weights.js";

const fixtures = new URL("../../fixtures/", import.meta.url);
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, fixtures)));
const keras = (name: string): Uint8Array => read(`keras/${name}.keras`);

const changed = (name: string, file: string, edit: (content: Uint8Array) => Uint8Array | undefined): Uint8Array => {
  const { [file]: content = new Uint8Array(), ...others } = unzipSync(keras(name));
  const edited = edit(content);
  return zipSync({ ...others, ...(edited !== undefined && { [file]: edited }) }, { level: 0 });
};

const replaced = (name: string, from: string, to: string): Uint8Array =>
  changed(name, "config.json", (content) => new TextEncoder().encode(new TextDecoder().decode(content).replaceAll(from, to)));

const code = async (run: () => Promise<unknown>): Promise<string> => {
  try {
    await run();
    return "valid";
  } catch (error) {
    if (!(error instanceof SerializeError)) throw error;
    return error.code;
  }
};

describe("a broken file of Keras gives a SerializeError that says what is wrong", () => {
  it.each<[string, () => Uint8Array, RegExp]>([
    ["cut short", () => keras("rnn").subarray(0, 9000), /must be a whole zip archive/],
    ["another file", () => read("pytorch/rnn.pt"), /the archive must hold metadata\.json, got .*data\.pkl/],
    ["no config", () => changed("rnn", "config.json", () => undefined), /must hold config\.json/],
    ["no weights", () => changed("rnn", "model.weights.h5", () => undefined), /must hold model\.weights\.h5/],
    ["no JSON", () => changed("rnn", "config.json", (content) => content.subarray(0, 99)), /config\.json must be JSON/],
    [
      "cut weights",
      () => changed("rnn", "model.weights.h5", (content) => content.subarray(0, 3000)),
      /must be a whole HDF5 file: .*truncated/,
    ],
    ["no HDF5", () => changed("rnn", "model.weights.h5", () => new Uint8Array(3000)), /must be a whole HDF5 file/],
    [
      "Keras 2",
      () => changed("rnn", "metadata.json", () => new TextEncoder().encode('{"keras_version":"2.15.0"}')),
      /must be of Keras 3, got "2\.15\.0"/,
    ],
    [
      "a class of one's own",
      () => replaced("rnn", '"class_name": "Sequential"', '"class_name": "Mine"'),
      /Sequential or Functional, got Mine "sequential/,
    ],
    [
      "an operation",
      () =>
        replaced("rnn", '"module": "keras.layers", "class_name": "SimpleRNN"', '"module": "my.code", "class_name": "SimpleRNN"'),
      /SimpleRNN "simple_rnn" comes from my\.code/,
    ],
    [
      "another width",
      () => replaced("rnn", '"units": 3', '"units": 4'),
      /kernel of "layers\/simple_rnn\/cell\/vars" must have shape \[any, 4\], got \[2, 3\]/,
    ],
    [
      "a huge width",
      () => replaced("rnn", '"units": 3', '"units": 9007199254740991'),
      /must have shape \[any, 9007199254740991\], got/,
    ],
    [
      "another class",
      () => replaced("lstm-no-bias", '"class_name": "LSTM"', '"class_name": "GRU"'),
      /there are no weights at "layers\/gru\/cell\/vars"; the file has some at layers\/lstm;/,
    ],
    [
      "a bias too few",
      () => replaced("lstm-no-bias", '"use_bias": false', '"use_bias": true'),
      /needs the weights kernel, recurrent_kernel, bias, got 2/,
    ],
    [
      "an unknown activation",
      () => replaced("rnn", '"activation": "tanh"', '"activation": "sparsemax"'),
      /SimpleRNN "simple_rnn" has the activation "sparsemax", which is not supported; use one of linear, relu/,
    ],
    [
      "an activation of one's own",
      () => replaced("rnn", '"activation": "tanh"', '"activation": {"class_name": "function"}'),
      /has an activation function of its own/,
    ],
    [
      "a dilation of 0",
      () => replaced("forecaster", '"dilation_rate": [2]', '"dilation_rate": [0]'),
      /^read Keras: Conv1D "conv1d": Conv1d: dilation must be an integer >= 1, got 0/,
    ],
    ["no activation", () => replaced("rnn", '"activation": "tanh",', ""), /SimpleRNN "simple_rnn" has an activation of its own/],
    [
      "a number too large",
      () => replaced("rnn", '"dropout": 0.0', '"dropout": 1.5'),
      /needs dropout to be a number in \[0, 1\), got 1\.5/,
    ],
    [
      "a merge mode",
      () => replaced("bidirectional-sum", '"merge_mode": "sum"', '"merge_mode": "min"'),
      /Bidirectional "bidirectional.*" has the merge_mode "min"; use concat/,
    ],
    [
      "a backward layer of another kind",
      () =>
        changed("bidirectional-sum", "config.json", (content) =>
          new TextEncoder().encode(new TextDecoder().decode(content).replace(/("backward_layer".*?)"units": 3/, '$1"units": 4')),
        ),
      /backward_layer that differs from its layer in units; use two layers/,
    ],
    [
      "a circle",
      () => replaced("siamese", '"keras_history": ["input_layer", 0, 0]', '"keras_history": ["add", 0, 0]'),
      /needs what no layer before it gives/,
    ],
  ])("%s", async (_, bytes, message) => {
    const result = importKeras(bytes());
    await expect(result).rejects.toThrow(SerializeError);
    await expect(result).rejects.toThrow(message);
  });

  it("also when layers stand deep within layers", async () => {
    const wrapped = (depth: number): string =>
      '{"class_name":"TimeDistributed","config":{"layer":'.repeat(depth) +
      '{"class_name":"Flatten","config":{}}' +
      "}}".repeat(depth);
    const config = (depth: number): Uint8Array =>
      new TextEncoder().encode(`{"class_name":"Sequential","config":{"layers":[${wrapped(depth)}]}}`);
    await expect(importKeras(changed("rnn", "config.json", () => config(4)))).resolves.toBeDefined();
    await expect(importKeras(changed("rnn", "config.json", () => config(1000)))).rejects.toThrow(
      /stands within more than 16 others/,
    );
    expect(await code(() => importKeras(changed("rnn", "config.json", () => config(20_000))))).toBe("format");
  });
});

describe("a hostile HDF5 file", () => {
  const written = async (write: (file: File) => void): Promise<Uint8Array> => {
    const { FS: files } = await ready;
    const file = new File("hostile.h5", "w");
    write(file);
    file.close();
    const bytes = files.readFile("hostile.h5");
    files.unlink("hostile.h5");
    return bytes;
  };

  it("may not unfold into more than its own size", async () => {
    const bytes = await written((file) => {
      const data = new Float32Array(1_000_000);
      file.create_dataset({ name: "zeros", data, chunks: [data.length], compression: "gzip" });
    });
    expect(bytes.byteLength).toBeLessThan(20_000);
    await expect(readHdf5(bytes)).rejects.toThrow(
      /"zeros" of \[1000000\] must fit into the \d+ bytes of its file; is it compressed\?/,
    );
  });

  it("may not contain itself, or the same weights many times", async () => {
    const circle = await written((file) => {
      file.create_group("a");
      file.create_hard_link("/a", "/a/again");
    });
    await expect(readHdf5(circle)).rejects.toThrow(/groups of HDF5 may nest 64 deep/);
    const many = await written((file) => {
      file.create_dataset({ name: "w", data: new Float32Array(1000) });
      for (let copy = 0; copy < 10; copy++) file.create_hard_link("/w", `/w${copy}`);
    });
    await expect(readHdf5(many)).rejects.toThrow(/must fit into the/);
  });
});

const texts = [
  "0",
  "-1",
  "1e300",
  "null",
  "true",
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"x":1,',
  "__proto__",
  "9007199254740991",
  "LSTM",
  "GRU",
];

describe("thousands of hostile files give a SerializeError or a model", () => {
  it("as configurations beside whole weights", async () => {
    const names = ["lstm-mask", "siamese", "bidirectional-none"];
    const files = await Promise.all(
      names.map(async (name) => {
        const { "config.json": config = new Uint8Array(), ...others } = unzipSync(keras(name));
        const tensors = await readHdf5(openArchive(keras(name)).weights);
        return { config, others, weights: numberedWeights(tensors) };
      }),
    );
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(change(texts), { minLength: 1, maxLength: 2 }),
        async ({ config, others, weights }, changes) => {
          const archive = zipSync({ ...others, "config.json": changes.reduce(spoil, config) }, { level: 0 });
          const outcome = await code(async () => Promise.resolve(buildModel(readGraph(openArchive(archive).model), weights)));
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        },
      ),
      { numRuns: 3000, seed: 8 },
    );
    expect(outcomes.get("valid")).toBeGreaterThan(300);
    expect(outcomes.get("format")).toBeGreaterThan(300);
  });

  it("as whole files", async () => {
    const originals = [keras("lstm-mask"), keras("rnn"), keras("siamese")];
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(spoilt(originals, change(texts)), async (bytes) => {
        const outcome = await code(() => importKeras(bytes));
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
      { numRuns: 200, seed: 8 },
    );
    expect(outcomes.get("valid")).toBeGreaterThan(20);
    expect(outcomes.get("format")).toBeGreaterThan(20);
  });

  it("as TensorFlow.js models", async () => {
    const folder = "tensorflow-js/classifier/";
    const json = read(`${folder}model.json`);
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(spoilt([json], change(texts)), async (bytes) => {
        const outcome = await code(() => importTensorflowJs(bytes, (path) => read(folder + path)));
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
      { numRuns: 2000, seed: 8 },
    );
    expect(outcomes.get("valid")).toBeGreaterThan(100);
    expect(outcomes.get("format")).toBeGreaterThan(100);
  });
});
