import { concat, ones, pad, stack, type Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import type { Operator, OperatorCall } from "../operator-call.js";

/** How windows lie along one axis. */
interface Windows {
  readonly width: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

// How windows lie along each axis of x `[batch, channels, ...axes]`.
function windowsOf(call: OperatorCall, widths: readonly number[]): Windows[] {
  const x = call.input(0);
  if (x.rank !== widths.length + 2)
    fail(
      "format",
      `run ONNX: ${call.described} needs x [batch, channels] and ${widths.length} axes, got [${x.shape.join(", ")}]`,
    );
  const pads = call.ints("pads") ?? [];
  return widths.map((width, axis) => {
    const windows = {
      width,
      stride: call.ints("strides")?.[axis] ?? 1,
      dilation: call.ints("dilations")?.[axis] ?? 1,
      before: pads[axis] ?? 0,
      after: pads[axis + widths.length] ?? 0,
    };
    return padded(windows, {
      length: x.shape[axis + 2] as number,
      rule: call.text("auto_pad", "NOTSET"),
      ceil: call.int("ceil_mode", 0) !== 0,
    });
  });
}

function padded(
  windows: Windows,
  { length, rule, ceil }: { readonly length: number; readonly rule: string; readonly ceil: boolean },
): Windows {
  const { width, stride, dilation, before, after } = windows;
  const reach = dilation * (width - 1) + 1;
  if (rule === "SAME_UPPER" || rule === "SAME_LOWER") {
    const missing = Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length);
    const first = rule === "SAME_UPPER" ? Math.floor(missing / 2) : Math.ceil(missing / 2);
    return { ...windows, before: first, after: missing - first };
  }
  if (!ceil) return windows;
  // A last window that is not whole counts too, unless it would start in the padding.
  const steps = Math.ceil((length + before + after - reach) / stride);
  const last = steps * stride < length + before ? steps : steps - 1;
  return { ...windows, after: Math.max(after, last * stride + reach - length - before) };
}

// What each place of a window sees: x `[batch, channels, ...axes]` as `[batch, channels, places, ...windows]`.
function seenBy(x: Tensor, windows: readonly Windows[], value: number): Tensor {
  const around = (side: "before" | "after"): number[] => [0, 0, ...windows.map((own) => own[side])];
  const isPadded = windows.some(({ before, after }) => before + after > 0);
  const whole = isPadded ? pad(x, { before: around("before"), after: around("after"), value }) : x;
  const places = windows.reduce<Tensor[]>(
    (parts, { width, stride, dilation }, index) => {
      const axis = index + 2;
      const count = Math.floor(((whole.shape[axis] as number) - dilation * (width - 1) - 1) / stride) + 1;
      return parts.flatMap((part) =>
        Array.from({ length: width }, (_, k) => {
          const start = k * dilation;
          return part.slice({ axis, start, stop: start + (count - 1) * stride + 1, step: stride });
        }),
      );
    },
    [whole],
  );
  return stack(places, { axis: 2 });
}

// X [batch, channels, ...axes], W [outputs, channels / group, ...widths], B [outputs].
function convolution(call: OperatorCall): readonly Tensor[] {
  const weight = call.input(1);
  const widths = weight.shape.slice(2);
  const groups = call.int("group", 1);
  const seen = seenBy(call.input(0), windowsOf(call, widths), 0);
  const [batch, , places] = seen.shape as [number, number, number];
  const kernels = weight.split(groups, { axis: 0 });
  const parts = seen.split(groups, { axis: 1 }).map((part, group) => {
    const rows = (part.shape[1] as number) * places;
    return (kernels[group] as Tensor).reshape([-1, rows]).matmul(part.reshape([batch, rows, -1]));
  });
  const y = concat(parts, { axis: 1 }).reshape([batch, weight.shape[0] as number, ...seen.shape.slice(3)]);
  const bias = call.optional(2);
  return [bias === undefined ? y : y.add(bias.reshape([-1, ...widths.map(() => 1)]))];
}

function maximum(call: OperatorCall): readonly Tensor[] {
  if ((call.node.output[1] ?? "") !== "") fail("format", `run ONNX: ${call.described} is supported without positions alone`);
  const x = call.input(0);
  // Integers have no infinity; padding is none of their elements either way.
  const lowest = x.dtype === "int32" ? -(2 ** 31) : -Infinity;
  return [seenBy(x, windowsOf(call, call.ints("kernel_shape") ?? []), lowest).max({ axes: 2 })];
}

function average(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const windows = windowsOf(call, call.ints("kernel_shape") ?? []);
  const axes = x.shape.slice(2);
  // Given padding may count as elements that are 0; what a last window lacks never does.
  const given = call.ints("pads") ?? [];
  const counts = call.int("count_include_pad", 0) !== 0;
  const before = axes.map((_, axis) => (counts ? (given[axis] ?? 0) : 0));
  const after = axes.map((_, axis) => (counts ? (given[axis + axes.length] ?? 0) : 0));
  const real = pad(ones([1, 1, ...axes]), { before: [0, 0, ...before], after: [0, 0, ...after], value: 1 });
  const rest = windows.map((own, axis) => ({
    ...own,
    before: own.before - (before[axis] as number),
    after: own.after - (after[axis] as number),
  }));
  return [
    seenBy(x, windows, 0)
      .sum({ axes: 2 })
      .div(seenBy(real, rest, 0).sum({ axes: 2 })),
  ];
}

const overAll =
  (run: (x: Tensor, options: { readonly axes: readonly number[]; readonly keepDims: true }) => Tensor): Operator =>
  (call) => {
    const x = call.input(0);
    return [run(x, { axes: x.shape.map((_, axis) => axis).slice(2), keepDims: true })];
  };

/** Operators that look through a window that moves along axes. */
export const windowOperators: Readonly<Record<string, Operator>> = {
  Conv: convolution,
  MaxPool: maximum,
  AveragePool: average,
  GlobalMaxPool: overAll((x, options) => x.max(options)),
  GlobalAveragePool: overAll((x, options) => x.mean(options)),
};
