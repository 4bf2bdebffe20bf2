import { ones, tensor, zeros, type DType, type Shape, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { Linear, Parameter } from "./index.js";

describe("Parameter", () => {
  it("has no value after it was freed, until it gets one", () => {
    const layer = new Linear(1, 2).initialize({ seed: 1 });
    const { weight } = layer;
    const first = Array.from(weight.toTypedArray());
    weight.dispose();
    const message = "Parameter: its value [2, 1] was freed by dispose(); load or initialize it to give it another";
    expect(() => weight.value).toThrow(message);
    expect(() => layer.forward(ones([1, 1]))).toThrow(message);
    layer.initialize({ seed: 1 });
    expect(Array.from(weight.toTypedArray())).toEqual(first);
    weight.dispose();
    layer.loadStateDict({ weight: tensor([[3], [4]]), bias: zeros([2]) });
    expect(Array.from(weight.toTypedArray())).toEqual([3, 4]);
  });

  it("is shown without being drawn", () => {
    const show = (parameter: Parameter): unknown =>
      (Reflect.get(parameter, Symbol.for("nodejs.util.inspect.custom")) as () => unknown).call(parameter);
    let drawn = 0;
    const initializer = (shape: Shape): Tensor => {
      drawn++;
      return ones(shape);
    };
    const parameter = new Parameter({ shape: [2], initializer });
    expect(show(parameter)).toBe("Parameter(float32 [2], without a value)");
    expect(drawn).toBe(0);
    expect(parameter.value.size).toBe(2);
    expect(show(parameter)).toBe("Tensor([1., 1.], shape=[2], dtype=float32)");
    parameter.dispose();
    expect(show(parameter)).toBe("Parameter(float32 [2], without a value)");
  });

  it("refuses what an initializer may not give, and what is no tensor", () => {
    const drawn = (given: unknown) => (): Tensor => new Parameter({ shape: [2], initializer: () => given as Tensor }).value;
    const rule = "Parameter: its initializer must give float32 [2], got";
    expect(drawn(ones([3]))).toThrow(`${rule} float32 [3]; cast or reshape what it draws`);
    expect(drawn(ones([2], { dtype: "float64" }))).toThrow(`${rule} float64 [2]`);
    expect(drawn([1, 2])).toThrow("Parameter: what the initializer gives must be a tensor, got array");
    const asked: [Shape, DType][] = [];
    const initializer = (shape: Shape, _: unknown, dtype: DType): Tensor => {
      asked.push([shape, dtype]);
      return ones(shape, { dtype });
    };
    expect(new Parameter({ shape: [2], initializer, dtype: "float64" }).value.dtype).toBe("float64");
    expect(asked).toEqual([[[2], "float64"]]);
    expect(() => new Parameter({ shape: [1], initializer }).assign([1] as unknown as Tensor)).toThrow(
      "Parameter.assign: value must be a tensor, got array",
    );
  });
});

describe("Linear", () => {
  it("says which width it needs", () => {
    const layer = new Linear(3, 2);
    for (const shape of [[4, 5], [2, 4, 5], []])
      expect(() => layer.forward(zeros(shape))).toThrow(`Linear: needs […, 3], got [${shape.join(", ")}]`);
    expect(layer.forward(zeros([3])).shape).toEqual([2]);
    expect(layer.forward(zeros([2, 0, 3])).shape).toEqual([2, 0, 2]);
  });
});
