import { makeTypedArray, type DType } from "./dtype.js";
import { fail } from "./error.js";
import { upload } from "./evaluate.js";
import type { Generator } from "./generator.js";
import { checkShape, formatShape, sizeOf, type Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

interface DrawOptions<D extends DType> {
  readonly generator: Generator;
  readonly dtype?: D;
}

function draw<D extends DType>(shape: Shape, dtype: D, next: () => number): Tensor<D> {
  const own = checkShape("random", shape);
  const data = makeTypedArray(dtype, sizeOf(own));
  for (let index = 0; index < data.length; index++) data[index] = next();
  return upload(data, own, dtype);
}

/** Uniform in [low, high), default [0, 1). */
export function uniform<D extends DType = "float32">(
  shape: Shape,
  { generator, low = 0, high = 1, dtype = "float32" as D }: DrawOptions<D> & { readonly low?: number; readonly high?: number },
): Tensor<NoInfer<D>> {
  if (!(low <= high)) fail("range", `uniform: low must not be above high, got ${low} and ${high}`);
  // In float32 one draw in 2^25 rounds up to `high`, which is outside: it counts as `low`.
  const round = dtype === "float32" ? Math.fround : Number;
  return draw(shape, dtype, () => {
    const drawn = low + (high - low) * generator.uniform();
    return round(drawn) < high ? drawn : low;
  });
}

/** Normal, default mean 0 and deviation 1. */
export function normal<D extends DType = "float32">(
  shape: Shape,
  {
    generator,
    mean = 0,
    deviation = 1,
    dtype = "float32" as D,
  }: DrawOptions<D> & { readonly mean?: number; readonly deviation?: number },
): Tensor<NoInfer<D>> {
  return draw(shape, dtype, () => mean + deviation * generator.normal());
}

/** 0..n-1 in random order (Fisher and Yates). */
export function permutation(n: number, { generator }: { readonly generator: Generator }): Int32Array {
  const order = Int32Array.from({ length: checkShape("permutation", [n])[0] as number }, (_, index) => index);
  for (let last = n - 1; last > 0; last--) {
    const other = generator.integer(last + 1);
    const swapped = order[last] as number;
    order[last] = order[other] as number;
    order[other] = swapped;
  }
  return order;
}

/** 1 with `probability` (default 0.5), else 0. */
export function bernoulli<D extends DType = "float32">(
  shape: Shape,
  { generator, probability = 0.5, dtype = "float32" as D }: DrawOptions<D> & { readonly probability?: number },
): Tensor<NoInfer<D>> {
  if (!(probability >= 0 && probability <= 1)) {
    fail("range", `bernoulli: probability must lie in 0..1, got ${probability}`);
  }
  return draw(shape, dtype, () => Number(generator.uniform() < probability));
}

/**
 * One class per row, drawn with the probabilities `softmax(logits)`; one number of the generator per row.
 *
 * @param logits - `[..., classes]`, unnormalised log-probabilities; -Infinity rules a class out. Divide by a temperature first.
 * @returns int32 `[...]`
 * @throws TensorError `shape` without a class to draw, `range` where a row holds NaN or +Infinity, or rules out every class.
 */
export function categorical(logits: Tensor, { generator }: { readonly generator: Generator }): Tensor<"int32"> {
  const classes = logits.shape.at(-1);
  if (classes === undefined || classes === 0) {
    return fail("shape", `categorical: needs logits [..., classes] with a class to draw, got ${formatShape(logits.shape)}`);
  }
  const rows = logits.shape.slice(0, -1);
  const values = logits.toTypedArray();
  const drawn = Int32Array.from({ length: sizeOf(rows) }, (_, row) => {
    const start = row * classes;
    let largest = -Infinity;
    for (let index = 0; index < classes; index++) largest = Math.max(largest, values[start + index] as number);
    if (!Number.isFinite(largest)) {
      fail("range", `categorical: each row needs a finite largest logit, got ${largest} in row ${row}`);
    }
    const weightOf = (index: number): number => Math.exp((values[start + index] as number) - largest);
    let total = 0;
    for (let index = 0; index < classes; index++) total += weightOf(index);
    let rest = generator.uniform() * total;
    let chosen = 0;
    for (let index = 0; index < classes && rest >= 0; index++) {
      if (weightOf(index) === 0) continue; // never drawn, not even where rounding leaves a rest
      chosen = index;
      rest -= weightOf(index);
    }
    return chosen;
  });
  return upload(drawn, rows, "int32");
}
