import { concat, pad, stack, type Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import type { OperatorCall } from "../operator-call.js";

/** Conv of ONNX along one axis: X `[batch, channels, time]`, W `[outputs, channels / group, width]`, B `[outputs]`. */
export function convolution(call: OperatorCall): readonly Tensor[] {
  const weight = call.input(1);
  if (weight.rank !== 3 || call.text("auto_pad", "NOTSET") !== "NOTSET") {
    return fail("format", `run ONNX: ${call.described} is supported over one axis with explicit pads alone`);
  }
  const [stride = 1] = call.ints("strides") ?? [];
  const [dilation = 1] = call.ints("dilations") ?? [];
  const [before = 0, after = 0] = call.ints("pads") ?? [];
  const groups = call.int("group", 1);
  const x = pad(call.input(0), { before: [0, 0, before], after: [0, 0, after] });
  const width = weight.shape[2] as number;
  const length = Math.floor(((x.shape[2] as number) - dilation * (width - 1) - 1) / stride) + 1;
  // [batch, channels, width, length]: what each place of the kernel sees.
  const seen = stack(
    Array.from({ length: width }, (_, k) => {
      const start = k * dilation;
      return x.slice({ axis: 2, start, stop: start + (length - 1) * stride + 1, step: stride });
    }),
    { axis: 2 },
  );
  const kernels = weight.split(groups, { axis: 0 });
  const parts = seen.split(groups, { axis: 1 }).map((part, group) => {
    const [batch, channels] = part.shape as [number, number];
    const kernel = kernels[group] as Tensor;
    return kernel.reshape([-1, channels * width]).matmul(part.reshape([batch, channels * width, length]));
  });
  const y = concat(parts, { axis: 1 });
  const bias = call.optional(2);
  return [bias === undefined ? y : y.add(bias.unsqueeze({ axis: 1 }))];
}
