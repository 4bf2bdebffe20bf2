import { concat, ones, pad, stack, type Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import type { Operator, OperatorCall } from "../operator-call.js";

interface Windows {
  readonly width: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

// How windows lie along the one axis of x `[batch, channels, time]`.
function windowsOf(call: OperatorCall, width: number): Windows {
  const [stride = 1] = call.ints("strides") ?? [];
  const [dilation = 1] = call.ints("dilations") ?? [];
  const [before = 0, after = 0] = call.ints("pads") ?? [];
  const padding = call.text("auto_pad", "NOTSET");
  const length = call.input(0).shape[2] as number;
  const reach = dilation * (width - 1);
  if (padding === "SAME_UPPER" || padding === "SAME_LOWER") {
    const missing = Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach + 1 - length);
    const [less, more] = [Math.floor(missing / 2), Math.ceil(missing / 2)];
    const first = padding === "SAME_UPPER" ? less : more;
    return { width, stride, dilation, before: first, after: missing - first };
  }
  if (padding === "VALID" || call.int("ceil_mode", 0) === 0) return { width, stride, dilation, before, after };
  // A last window that is not whole counts too, unless it would start in the padding.
  const steps = Math.ceil((length + before + after - reach - 1) / stride);
  const last = steps * stride < length + before ? steps : steps - 1;
  return { width, stride, dilation, before, after: Math.max(after, last * stride + reach + 1 - length - before) };
}

// What each place of a window sees: x `[batch, channels, time]` as `[batch, channels, width, windows]`.
function seenBy(x: Tensor, { width, stride, dilation, before, after }: Windows, value: number): Tensor {
  const padded = before + after === 0 ? x : pad(x, { before: [0, 0, before], after: [0, 0, after], value });
  const count = Math.floor(((padded.shape[2] as number) - dilation * (width - 1) - 1) / stride) + 1;
  return stack(
    Array.from({ length: width }, (_, k) => {
      const start = k * dilation;
      return padded.slice({ axis: 2, start, stop: start + (count - 1) * stride + 1, step: stride });
    }),
    { axis: 2 },
  );
}

function overOneAxis(call: OperatorCall): Tensor {
  const x = call.input(0);
  if (x.rank !== 3) fail("format", `run ONNX: ${call.described} is supported over one axis alone, got [${x.shape.join(", ")}]`);
  return x;
}

// X [batch, channels, time], W [outputs, channels / group, width], B [outputs].
function convolution(call: OperatorCall): readonly Tensor[] {
  const x = overOneAxis(call);
  const weight = call.input(1);
  const groups = call.int("group", 1);
  const seen = seenBy(x, windowsOf(call, weight.shape[2] as number), 0);
  const kernels = weight.split(groups, { axis: 0 });
  const parts = seen.split(groups, { axis: 1 }).map((part, group) => {
    const [batch, channels, width, count] = part.shape as [number, number, number, number];
    const kernel = kernels[group] as Tensor;
    return kernel.reshape([-1, channels * width]).matmul(part.reshape([batch, channels * width, count]));
  });
  const y = concat(parts, { axis: 1 });
  const bias = call.optional(2);
  return [bias === undefined ? y : y.add(bias.unsqueeze({ axis: 1 }))];
}

function pooled(call: OperatorCall, value: number): { readonly x: Tensor; readonly windows: Windows; readonly seen: Tensor } {
  const x = overOneAxis(call);
  const [width = 1] = call.ints("kernel_shape") ?? [];
  const windows = windowsOf(call, width);
  return { x, windows, seen: seenBy(x, windows, value) };
}

function maximum(call: OperatorCall): readonly Tensor[] {
  if ((call.node.output[1] ?? "") !== "") fail("format", `run ONNX: ${call.described} is supported without positions alone`);
  return [pooled(call, -Infinity).seen.max({ axes: 2 })];
}

function average(call: OperatorCall): readonly Tensor[] {
  const { x, windows, seen } = pooled(call, 0);
  const sums = seen.sum({ axes: 2 });
  const [before = 0, after = 0] = call.ints("pads") ?? [];
  const counted = ones([1, 1, x.shape[2] as number]);
  const whole = call.int("count_include_pad", 0) !== 0;
  const real = whole ? pad(counted, { before: [0, 0, before], after: [0, 0, after], value: 1 }) : counted;
  const rest = whole ? { ...windows, before: windows.before - before, after: windows.after - after } : windows;
  return [sums.div(seenBy(real, rest, 0).sum({ axes: 2 }))];
}

const overAll =
  (run: (x: Tensor, options: { readonly axes: readonly number[]; readonly keepDims: true }) => Tensor): Operator =>
  (call) => {
    const x = call.input(0);
    return [run(x, { axes: x.shape.map((_, axis) => axis).slice(2), keepDims: true })];
  };

/** Operators that look through a window that moves along an axis. */
export const windowOperators: Readonly<Record<string, Operator>> = {
  Conv: convolution,
  MaxPool: maximum,
  AveragePool: average,
  GlobalMaxPool: overAll((x, options) => x.max(options)),
  GlobalAveragePool: overAll((x, options) => x.mean(options)),
};
