import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { fromTypedArray, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { importTensorflowJs, type KerasModel, type KerasState } from "../tensorflow-js.js";

const folder = fileURLToPath(new URL("../../fixtures/tensorflow-js/", import.meta.url));

const imported = (name: string, change: (json: string) => string = (json) => json): Promise<KerasModel> =>
  importTensorflowJs(change(readFileSync(`${folder}${name}/model.json`, "utf8")), (path) =>
    readFileSync(`${folder}${name}/${path}`),
  );

interface Written {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

const read = ({ shape, dtype, values }: Written): Tensor =>
  fromTypedArray(dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values), shape);

const runOf = (name: string): { readonly inputs: readonly Written[]; readonly calls: readonly (readonly Written[])[] } =>
  JSON.parse(readFileSync(`${folder}${name}/run.json`, "utf8")) as ReturnType<typeof runOf>;

describe("importTensorflowJs", () => {
  it.each(readdirSync(folder))("gives what TensorFlow.js gives for %s", async (name) => {
    const model = await imported(name);
    const { inputs, calls } = runOf(name);
    const values = Object.fromEntries(model.inputs.map((input, index) => [input, read(inputs[index] as Written)]));
    let state: KerasState | undefined;
    for (const expected of calls) {
      const result = model.runWithState(values, state);
      const outputs = Object.values(result.outputs);
      expect(outputs.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
      outputs.forEach((output, index) => {
        expect(
          output
            .sub(read(expected[index] as Written))
            .abs()
            .max()
            .item(),
        ).toBeLessThan(1e-5);
      });
      state = result.state;
    }
  });

  it("says what is wrong and where", async () => {
    const broken = (from: string, to: string): Promise<KerasModel> => imported("classifier", (json) => json.replaceAll(from, to));
    await expect(broken('"layers-model"', '"graph-model"')).rejects.toThrow(/must be a layers model, got a graph model/);
    await expect(broken('"modelTopology"', '"topology"')).rejects.toThrow(/must hold modelTopology and weightsManifest/);
    await expect(broken("{", "")).rejects.toThrow(/model\.json must be JSON/);
    await expect(broken("group1-shard2of3.bin", "../../rnn/group1-shard1of1.bin")).rejects.toThrow(
      /"\.\.\/\.\.\/rnn.*must lead to a file beside/,
    );
    await expect(broken("group1-shard2of3.bin", "https://example.org/x")).rejects.toThrow(/must lead to a file beside/);
    await expect(broken("group1-shard2of3.bin", "none.bin")).rejects.toThrow(/reading "none\.bin" failed: .*ENOENT/);
    await expect(broken('"group1-shard2of3.bin",', "")).rejects.toThrow(/must hold \d+ bytes of weights, got \d+; copy/);
    await expect(broken('"shape":[7,2]', '"shape":[7000000000,2]')).rejects.toThrow(
      /must hold 56\d{9} bytes of weights, got \d+;/,
    );
    await expect(broken('"dtype":"float32"', '"dtype":"string"')).rejects.toThrow(
      /"embedding_Embedding\d+\/embeddings" must be float32/,
    );
    await expect(broken('"shape":[7,2]', '"shape":[2,7]')).rejects.toThrow(
      /embeddings of Embedding "embedding_\w+" must have shape \[7, 2\], got \[2, 7\]/,
    );
    await expect(broken('"reset_after":false', '"reset_after":true')).rejects.toThrow(
      /bias of forward of Bidirectional "\w+" must have shape \[2, 9\], got \[9\]/,
    );
    await expect(broken("/forward_gru", "/forward_lost")).resolves.toBeDefined();
    await expect(broken("/kernel", "/kernels")).rejects.toThrow(/needs the weights kernel, recurrent_kernel, bias/);
    await expect(broken('"class_name":"Dropout"', '"class_name":"BatchNormalization"')).rejects.toThrow(
      /not supported: BatchNormalization "dropout_/,
    );
  });
});
