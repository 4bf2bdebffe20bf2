import { formatShape, sameShape, Tensor } from "@unroll/tensor";

import { AutogradError } from "./error.js";

/** A copy of nested arrays, maps and plain objects with each tensor replaced; everything else stays as it is. */
export function mapTree<T>(tree: T, replace: (x: Tensor) => unknown): T {
  const map = (value: unknown): unknown => (Tensor.isTensor(value) ? replace(value) : mapItems(value, map));
  return map(tree) as T;
}

// A copy of an array, a map or a plain object with each item changed; anything else stays as it is.
function mapItems(value: unknown, change: (item: unknown, key: unknown) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(change);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, change(item, key)]));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item, key)]));
}

/** The tensors of a tree, in the order {@link mapTree} meets them, repeats included. */
export function leavesOf(tree: unknown): Tensor[] {
  const leaves: Tensor[] = [];
  mapTree(tree, (x) => leaves.push(x));
  return leaves;
}

/** `tree` with its tensors replaced by `leaves`, in the same order. */
export function refill<T>(tree: T, leaves: readonly unknown[]): T {
  let next = 0;
  return mapTree(tree, () => leaves[next++]);
}

/**
 * A copy of `tree` with each tensor replaced by what `join` makes of it and of the one under the same keys of `other`.
 *
 * @param rule - the first half of the error.
 * @throws AutogradError `mismatch` unless both have tensors of the same shapes under the same keys.
 */
export function joinTrees<T>(rule: string, tree: T, other: T, join: (x: Tensor, y: Tensor) => unknown): T {
  const visit = (x: unknown, y: unknown, keys: readonly unknown[]): unknown => {
    if (Tensor.isTensor(x) || Tensor.isTensor(y)) {
      if (Tensor.isTensor(x) && Tensor.isTensor(y) && sameShape(x.shape, y.shape)) return join(x, y);
      const [got, needed] = [y, x].map((side) => (Tensor.isTensor(side) ? formatShape(side.shape) : "none"));
      const place = keys.map(String).join(".");
      throw new AutogradError("mismatch", `${rule}, got ${got} for ${needed}${place && ` at ${place}`}`);
    }
    const rest = new Map<unknown, unknown>();
    mapItems(y, (item, key) => rest.set(key, item));
    const joined = mapItems(x, (item, key) => {
      const own = rest.get(key);
      rest.delete(key);
      return visit(item, own, [...keys, key]);
    });
    for (const [key, item] of rest) visit(undefined, item, [...keys, key]);
    return joined;
  };
  return visit(tree, other, []) as T;
}

/**
 * Adds gradients of one micro-batch to a running total, name by name; start from `undefined`.
 *
 * @throws AutogradError `mismatch` when names or shapes differ.
 * @example
 * let total;
 * for (const batch of batches) total = accumulate(total, grad(loss)(weights, batch));
 */
export function accumulate<T>(total: T | undefined, gradients: T): T {
  if (total === undefined) return gradients;
  return joinTrees("accumulate: gradients must have the form of the total", total, gradients, (x, more) => x.add(more));
}
