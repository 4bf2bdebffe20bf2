import type { Backend, Kernel } from "./backend.js";
import { allocate, currentBackend } from "./context.js";
import { DenseTensor } from "./dense.js";
import type { DType, TypedArray } from "./dtype.js";
import type { Interpreter } from "./interpreter.js";
import type { Primitive, ShapedArray } from "./primitives/primitive.js";
import { primitives, type KernelName } from "./primitives/table.js";
import { referenceBackend } from "./reference/backend.js";
import { sizeOf, type Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** The interpreter of level 0: runs each primitive at once on a backend. */
export const evaluator: Interpreter = {
  level: 0,
  name: "evaluate",
  apply(primitive: Primitive, inputs: readonly Tensor[], attributes: object): Tensor[] {
    const dense = inputs as readonly DenseTensor[];
    const outputs = primitive.infer(dense, attributes as never);
    if (primitive.layouts !== undefined) return view(primitive, dense[0] as DenseTensor, { outputs, attributes });
    const output = outputs[0] as ShapedArray;
    const backend = backendFor(dense, output.dtype);
    const result = empty(output.shape, output.dtype, backend);
    const kernel: Kernel = backend.kernels[primitive.name as KernelName];
    kernel(moveTo(dense, backend), result, attributes as never);
    return [result];
  },
  constant(value: number, dtype: DType): Tensor {
    const result = empty([], dtype, currentBackend());
    result.storage.data[0] = value;
    return result;
  },
};

/** A contiguous tensor whose elements are yet to be written. */
export function empty<D extends DType>(shape: Shape, dtype: D, backend: Backend = currentBackend()): DenseTensor<D> {
  return new DenseTensor(allocate(backend, dtype, sizeOf(shape)), { shape }, evaluator);
}

/** A tensor on `backend` with a copy of `data` in row-major order. */
export function upload<D extends DType>(
  data: TypedArray,
  shape: Shape,
  dtype: D,
  backend: Backend = currentBackend(),
): DenseTensor<D> {
  const result = empty(shape, dtype, backend);
  result.storage.data.set(dtype === "bool" ? data.map((value) => Number(value !== 0)) : data);
  return result;
}

function view(
  primitive: Primitive,
  input: DenseTensor,
  { outputs, attributes }: { readonly outputs: readonly ShapedArray[]; readonly attributes: object },
): Tensor[] {
  let source = input;
  let layouts = primitive.layouts?.(source, attributes as never);
  if (layouts === undefined) {
    source = evaluator.apply(primitives.copy, [input], {})[0] as DenseTensor;
    layouts = primitive.layouts?.(source, attributes as never) ?? [];
  }
  return layouts.map(({ strides, offset }, index) => {
    const { shape } = outputs[index] as ShapedArray;
    return new DenseTensor(source.storage, { shape, strides, offset }, evaluator);
  });
}

// The first that is not the reference backend, if it can hold them all.
function backendFor(inputs: readonly DenseTensor[], output: DType): Backend {
  let chosen: Backend = referenceBackend;
  for (const { storage } of inputs) if (chosen === referenceBackend) chosen = storage.backend;
  if (!chosen.dtypes.includes(output)) return referenceBackend;
  for (const { dtype } of inputs) if (!chosen.dtypes.includes(dtype)) return referenceBackend;
  return chosen;
}

/** A tensor on `backend`: itself where it lies there, else a copy. */
export function onBackend(x: DenseTensor, backend: Backend): DenseTensor {
  return x.storage.backend === backend ? x : upload(x.toTypedArray(), x.shape, x.dtype, backend);
}

function moveTo(inputs: readonly DenseTensor[], backend: Backend): readonly DenseTensor[] {
  for (const { storage } of inputs) {
    if (storage.backend !== backend) return inputs.map((input) => onBackend(input, backend));
  }
  return inputs;
}
