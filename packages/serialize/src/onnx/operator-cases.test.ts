import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { fromBinary } from "@bufbuild/protobuf";
import type { Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { TensorProtoSchema } from "../generated/onnx_pb.js";
import { importOnnx } from "../onnx.js";
import { decodeTensor } from "./tensor-proto.js";

interface OperatorCase {
  readonly name: string;
  readonly model: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const packed = readFileSync(new URL("../../fixtures/onnx/operator-cases.ndjson.gz", import.meta.url));
const cases = gunzipSync(packed)
  .toString()
  .split("\n")
  .map((line) => JSON.parse(line) as OperatorCase);

const decoded = (text: string): Tensor => decodeTensor(fromBinary(TensorProtoSchema, Buffer.from(text, "base64")));

function expectClose(actual: Tensor | undefined, expected: Tensor): void {
  expect(actual?.shape).toEqual(expected.shape);
  const values = actual?.toTypedArray();
  let worst = 0;
  expected.toTypedArray().forEach((value, index) => {
    const got = values?.[index] as number;
    if (!Object.is(got, value) && got !== value) {
      const distance = Math.abs(got - value) / Math.max(1, Math.abs(value));
      if (!(distance <= worst)) worst = distance;
    }
  });
  expect(worst).toBeLessThan(1e-5);
}

describe("ONNX's own cases for operators", () => {
  it.each(cases)("$name", ({ model: bytes, inputs, outputs }) => {
    const model = importOnnx(Buffer.from(bytes, "base64"));
    const results = model.run(Object.fromEntries(model.inputs.map((name, index) => [name, decoded(inputs[index] as string)])));
    expect(outputs.length).toBeGreaterThan(0);
    outputs.forEach((output, index) => expectClose(results[model.outputs[index] as string], decoded(output)));
  });
});
