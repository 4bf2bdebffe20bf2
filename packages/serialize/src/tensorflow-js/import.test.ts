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
});
