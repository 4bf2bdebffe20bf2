import { concat, fromTypedArray, full, pad, type Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import type { Operator, OperatorCall } from "../operator-call.js";

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function reshape(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const wanted = call.integers(1, "shape") ?? [];
  const keepsZero = call.int("allowzero", 0) !== 0;
  return [x.reshape(wanted.map((length, axis) => (length === 0 && !keepsZero ? (x.shape[axis] ?? 0) : length)))];
}

function squeeze(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const axes = call.integers(1, "axes")?.map((axis) => positive(axis, x.rank));
  return [x.reshape(x.shape.filter((length, axis) => (axes === undefined ? length !== 1 : !axes.includes(axis))))];
}

function unsqueeze(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const axes = call.integers(1, "axes") ?? [];
  const rank = x.rank + axes.length;
  const sorted = axes.map((axis) => positive(axis, rank)).sort((a, b) => a - b);
  return [sorted.reduce<Tensor>((y, axis) => y.unsqueeze({ axis }), x)];
}

function slice(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const starts = call.integers(1, "starts") ?? [];
  const stops = call.integers(2, "ends") ?? [];
  const axes = call.integers(3, "axes") ?? starts.map((_, axis) => axis);
  const steps = call.integers(4, "steps") ?? starts.map(() => 1);
  return [
    axes.reduce<Tensor>((y, axis, index) => {
      const step = steps[index] ?? 1;
      const stop = stops[index] as number;
      const length = y.shape[positive(axis, y.rank)] as number;
      // Walking back past the first element is a negative position beyond the length; "no stop" says that here.
      const open = step < 0 && stop < -length;
      return y.slice({ axis, start: starts[index] as number, step, ...(!open && { stop }) });
    }, x),
  ];
}

function split(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const axis = call.int("axis", 0);
  const sizes = call.integers(1, "split");
  if (sizes !== undefined) return x.split(sizes, { axis });
  const count = call.node.output.length;
  const length = x.shape[positive(axis, x.rank)] as number;
  const size = Math.ceil(length / count);
  return x.split(
    Array.from({ length: count }, (_, index) => Math.max(0, Math.min(size, length - index * size))),
    { axis },
  );
}

function expand(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const wanted = call.integers(1, "shape") ?? [];
  const rank = Math.max(wanted.length, x.rank);
  const fromEnd = (shape: readonly number[], axis: number): number => shape[axis - rank + shape.length] ?? 1;
  return [x.broadcastTo(Array.from({ length: rank }, (_, axis) => Math.max(fromEnd(wanted, axis), fromEnd(x.shape, axis))))];
}

function padded(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const mode = call.text("mode", "constant");
  const amounts = call.integers(1, "pads") ?? [];
  const axes = call.integers(3, "axes")?.map((axis) => positive(axis, x.rank)) ?? x.shape.map((_, axis) => axis);
  const spread = (values: readonly number[]): number[] => x.shape.map((_, axis) => values[axes.indexOf(axis)] ?? 0);
  const before = spread(amounts.slice(0, axes.length));
  const after = spread(amounts.slice(axes.length));
  const grown = mode === "constant" ? x : x.shape.reduce((y, _, axis) => mirrored(y, { axis, mode, before, after }), x);
  const value = call.optional(2)?.item() ?? call.float("value", 0);
  const grow = (values: readonly number[]): number[] => values.map((count) => (mode === "constant" ? Math.max(0, count) : 0));
  const whole = pad(grown, { before: grow(before), after: grow(after), value });
  return [
    whole.shape.reduce<Tensor>((y, length, axis) => {
      const cut = [Math.min(0, before[axis] as number), Math.min(0, after[axis] as number)] as const;
      return cut[0] + cut[1] === 0 ? y : y.slice({ axis, start: -cut[0], stop: length + cut[1] });
    }, whole),
  ];
}

interface MirroredEdge {
  readonly axis: number;
  readonly mode: string;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

// One axis, continued by its own elements: the outermost again (edge), or back from it (reflect).
function mirrored(x: Tensor, { axis, mode, before, after }: MirroredEdge): Tensor {
  const last = (x.shape[axis] as number) - 1;
  const at = (position: number): number => {
    if (mode === "edge") return Math.min(Math.max(position, 0), last);
    if (mode === "wrap") return (position + last + 1) % (last + 1);
    return last - Math.abs(last - Math.abs(position));
  };
  const [first, extra] = [Math.max(0, before[axis] as number), Math.max(0, after[axis] as number)];
  if (first + extra === 0) return x;
  const positions = Int32Array.from({ length: first + last + 1 + extra }, (_, index) => at(index - first));
  return x.take(fromTypedArray(positions, [positions.length]), { axis });
}

function flatten(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const axis = positive(call.int("axis", 1), x.rank);
  const product = (shape: readonly number[]): number => shape.reduce((count, length) => count * length, 1);
  return [x.reshape([product(x.shape.slice(0, axis)), product(x.shape.slice(axis))])];
}

function constant(call: OperatorCall): readonly Tensor[] {
  const tensor = call.tensor("value");
  if (tensor !== undefined) return [tensor];
  if (call.has("value_float")) return [full([], call.float("value_float", 0))];
  if (call.has("value_int")) return [full([], call.int("value_int", 0), { dtype: "int32" })];
  const integers = call.ints("value_ints");
  if (call.has("value_ints") && integers !== undefined) return [fromTypedArray(Int32Array.from(integers), [integers.length])];
  const floats = call.floats("value_floats");
  if (call.has("value_floats")) return [fromTypedArray(Float32Array.from(floats), [floats.length])];
  return fail("format", `run ONNX: ${call.described} must hold a tensor or numbers`);
}

function constantOfShape(call: OperatorCall): readonly Tensor[] {
  const value = call.tensor("value");
  const shape = Array.from(call.input(0).toTypedArray());
  return [full(shape, value?.item() ?? 0, { dtype: value?.dtype ?? "float32" })];
}

function shape(call: OperatorCall): readonly Tensor[] {
  const lengths = call.input(0).shape.slice(call.int("start", 0), call.has("end") ? call.int("end", 0) : undefined);
  return [fromTypedArray(Int32Array.from(lengths), [lengths.length])];
}

function tile(call: OperatorCall): readonly Tensor[] {
  const repeats = call.integers(1, "repeats") ?? [];
  return [
    repeats.reduce<Tensor>(
      (x, count, axis) =>
        count === 1 ? x : count === 0 ? x.slice({ axis, stop: 0 }) : concat(new Array<Tensor>(count).fill(x), { axis }),
      call.input(0),
    ),
  ];
}

/** Operators that move elements without computing. */
export const structuralOperators: Readonly<Record<string, Operator>> = {
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Flatten: flatten,
  Slice: slice,
  Split: split,
  Expand: expand,
  Pad: padded,
  Transpose: (call) => [
    call.input(0).permute(
      call.ints("perm") ??
        call
          .input(0)
          .shape.map((_, axis) => axis)
          .reverse(),
    ),
  ],
  Concat: (call) => [
    concat(
      call.inputs.map((_, index) => call.input(index)),
      { axis: call.int("axis", 0) },
    ),
  ],
  Shape: shape,
  Size: (call) => [full([], call.input(0).size, { dtype: "int32" })],
  Tile: tile,
  Constant: constant,
  ConstantOfShape: constantOfShape,
};
