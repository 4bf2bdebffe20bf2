import { formatShape, sameShape, Tensor } from "@unroll/tensor";

import { AutogradError } from "./error.js";

// What stands in for a tensor, which stands where the keys lead.
type Replace = (x: Tensor, keys: readonly unknown[]) => unknown;

/** A copy of nested arrays, maps and plain objects with each tensor replaced; everything else stays as it is. */
export function mapTree<T>(tree: T, replace: Replace): T {
  return mapValue(tree, replace, []) as T;
}

function mapValue(value: unknown, replace: Replace, keys: unknown[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Tensor.isTensor(value)) return replace(value, keys);
  const within = (item: unknown, key: unknown): unknown => {
    keys.push(key);
    const mapped = mapValue(item, replace, keys);
    keys.pop();
    return mapped;
  };
  if (Array.isArray(value)) return value.map(within);
  if (value instanceof Map) return new Map([...value].map(([name, item]) => [name, within(item, name)]));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, within(item, name)]));
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
  // Keys of maps may be anything: each has a number.
  const numbers = new Map<unknown, number>();
  const pathOf = (keys: readonly unknown[]): string =>
    keys.map((key) => numbers.get(key) ?? numbers.set(key, numbers.size).size - 1).join();
  const rest = new Map<string, { readonly y: Tensor; readonly place: string }>();
  const placeOf = (keys: readonly unknown[]): string => keys.map(String).join(".");
  mapTree(other, (y, keys) => rest.set(pathOf(keys), { y, place: placeOf(keys) }));
  const differ = (place: string, got: Tensor | undefined, needed: Tensor | undefined): never => {
    const [found, wanted] = [got, needed].map((x) => (x === undefined ? "none" : formatShape(x.shape)));
    throw new AutogradError("mismatch", `${rule}, got ${found} for ${wanted}${place && ` at ${place}`}`);
  };
  const joined = mapTree(tree, (x, keys) => {
    const path = pathOf(keys);
    const y = rest.get(path)?.y;
    rest.delete(path);
    return y === undefined || !sameShape(x.shape, y.shape) ? differ(placeOf(keys), y, x) : join(x, y);
  });
  for (const { y, place } of rest.values()) differ(place, y, undefined);
  return joined;
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
