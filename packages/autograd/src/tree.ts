import { Tensor } from "@unroll/tensor";

/** A copy of nested arrays, maps and plain objects with each tensor replaced; everything else stays as it is. */
export function mapTree<T>(tree: T, replace: (x: Tensor) => unknown): T {
  return mapValue(tree, replace) as T;
}

function mapValue(value: unknown, replace: (x: Tensor) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Tensor.isTensor(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapValue(item, replace));
  if (value instanceof Map) return new Map([...value].map(([name, item]) => [name, mapValue(item, replace)]));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapValue(item, replace)]));
}

/** The tensors of a tree, in the order {@link mapTree} meets them, repeats included. */
export function leavesOf(tree: unknown): Tensor[] {
  const leaves: Tensor[] = [];
  mapValue(tree, (x) => leaves.push(x));
  return leaves;
}

/** `tree` with its tensors replaced by `leaves`, in the same order. */
export function refill<T>(tree: T, leaves: readonly unknown[]): T {
  let next = 0;
  return mapTree(tree, () => leaves[next++]);
}

/**
 * Adds gradients of one micro-batch to a running total, tensor by tensor; start from `undefined`.
 *
 * @example
 * let total;
 * for (const batch of batches) total = accumulate(total, grad(loss)(weights, batch));
 */
export function accumulate<T>(total: T | undefined, gradients: T): T {
  if (total === undefined) return gradients;
  const more = leavesOf(gradients);
  let next = 0;
  return mapTree(total, (x) => x.add(more[next++] as Tensor));
}
