import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { differentiate } from "@unroll/nn";
import { zeros, type Tensor } from "@unroll/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  type FunctionProto,
  type NodeProto,
} from "../generated/onnx_pb.js";
import { decodeSafetensors, SerializeError } from "../index.js";
import { importOnnx } from "../onnx.js";
import { decodeTensor } from "./tensor-proto.js";

const folder = fileURLToPath(new URL("../../fixtures/onnx/", import.meta.url));
const read = (name: string): Uint8Array => readFileSync(folder + name);

const expectClose = (actual: Tensor | undefined, expected: Tensor): void => {
  expect(actual?.shape).toEqual(expected.shape);
  expect(actual?.sub(expected).abs().max().item()).toBeLessThan(1e-5);
};

describe("importOnnx", () => {
  it.each(readdirSync(`${folder}node`))("passes ONNX's own %s", (name) => {
    const tensor = (file: string): Tensor => decodeTensor(fromBinary(TensorProtoSchema, read(`node/${name}/${file}`)));
    const files = readdirSync(`${folder}node/${name}`);
    const model = importOnnx(read(`node/${name}/model.onnx`));
    const outputs = model.run(Object.fromEntries(model.inputs.map((input, index) => [input, tensor(`input_${index}.pb`)])));
    expect(files).toContain("output_0.pb");
    const given = model.outputs.filter((output) => output !== "");
    given.forEach((output, index) => expectClose(outputs[output], tensor(`output_${index}.pb`)));
  });

  const cases = readdirSync(folder).filter((file) => file.endsWith(".onnx"));
  it.each(cases.map((file) => file.slice(0, -".onnx".length)))("gives what onnxruntime gives for %s", (name) => {
    const { tensors } = decodeSafetensors(read(`${name}.run.safetensors`));
    const model = importOnnx(read(`${name}.onnx`));
    const outputs = model.run(tensors);
    for (const output of model.outputs) expectClose(outputs[output], tensors[output] as Tensor);
  });

  it("gives parameters that learn", () => {
    const model = importOnnx(read("lstm-forward.onnx"));
    expect([...model.parameters().keys()]).toEqual(["W", "R", "B"]);
    const { tensors } = decodeSafetensors(read("lstm-forward.run.safetensors"));
    const { gradients } = differentiate(model, () => (model.run(tensors)["Y"] as Tensor).square().sum());
    for (const [name, parameter] of model.parameters()) {
      expect(gradients[name]?.shape).toEqual(parameter.shape);
      expect(gradients[name]?.abs().sum().item()).toBeGreaterThan(0);
    }
  });

  const modelOf = (...nodes: Partial<NodeProto>[]): Uint8Array =>
    toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: 8n,
        opsetImport: [{ domain: "", version: 14n }],
        graph: create(GraphProtoSchema, { node: nodes as NodeProto[], input: [{ name: "x" }], output: [{ name: "y" }] }),
      }),
    );

  it("names what it cannot do, and where", () => {
    expect(() =>
      importOnnx(
        modelOf({ opType: "Relu", input: ["x"], output: ["z"] }, { opType: "Det", name: "volume", input: ["z"], output: ["y"] }),
      ),
    ).toThrow('read ONNX: these operators are not supported: Det "volume"');
    expect(() => importOnnx(modelOf({ opType: "Relu", domain: "com.acme" }))).toThrow(/com\.acme\.Relu/);
    expect(() => importOnnx(modelOf({ opType: "Add", input: ["x", "w"], output: ["y"] })).run({ x: zeros([1]) })).toThrow(
      'run ONNX: Add "y" reads "w", which nothing gives before it',
    );
    expect(() => importOnnx(modelOf({ opType: "MatMul", input: ["x", "x"], output: ["y"] })).run({ x: zeros([2, 3]) })).toThrow(
      /^run ONNX: MatMul "y": matmul:/,
    );
    expect(() => importOnnx(modelOf({ opType: "Relu", input: ["x"], output: ["y"] })).run({})).toThrow(
      "run ONNX: needs inputs x, got ",
    );
    expect(() => importOnnx(Uint8Array.of(1, 2, 3))).toThrow(/must be an ONNX model/);
    expect(() => importOnnx(new Uint8Array(0))).toThrow(/must have a graph/);
  });

  it("expands functions, but not without end", () => {
    const calling = (functions: readonly Partial<FunctionProto>[]): Uint8Array =>
      toBinary(
        ModelProtoSchema,
        create(ModelProtoSchema, {
          opsetImport: [{ domain: "", version: 14n }],
          graph: {
            node: [{ opType: "Own", domain: "mine", input: ["x"], output: ["y"], name: "call" }],
            input: [{ name: "x" }],
            output: [{ name: "y" }],
          },
          functions: functions as FunctionProto[],
        }),
      );
    const own = { domain: "mine", name: "Own", input: ["a"], output: ["b"] };
    const node = (opType: string, input: string, output: string, domain = ""): NodeProto =>
      create(NodeProtoSchema, { opType, domain, input: [input], output: [output] });
    const twice = importOnnx(calling([{ ...own, node: [node("Neg", "a", "c"), node("Exp", "c", "b")] }]));
    expect(Array.from(twice.run({ x: zeros([2]) })["y"]?.toTypedArray() ?? [])).toEqual([1, 1]);
    expect(() => importOnnx(calling([{ ...own, node: [node("Own", "a", "b", "mine")] }]))).toThrow(/32 deep/);
    const doubling = [node("Own", "a", "c", "mine"), node("Own", "c", "b", "mine")];
    expect(() => importOnnx(calling([{ ...own, node: doubling }]))).toThrow(/32 deep/);
    expect(() => importOnnx(calling([{ ...own, node: [node("Odd", "a", "b")] }]))).toThrow(/not supported: Odd "call\/"/);
  });

  it("gives a SerializeError or a model for 10,000 spoilt files", () => {
    const original = read("lstm-peepholes.onnx");
    const spoil = fc.array(fc.record({ at: fc.nat(original.byteLength - 1), byte: fc.integer({ min: 0, max: 255 }) }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(spoil, (changes) => {
        const bytes = Uint8Array.from(original);
        for (const { at, byte } of changes) bytes[at] = byte;
        try {
          importOnnx(bytes);
        } catch (error) {
          if (!(error instanceof SerializeError)) throw error;
        }
      }),
      { numRuns: 10_000, seed: 8 },
    );
  });
});
