import type { Storage } from "./backend.js";
import { giveToScope, openScopes } from "./context.js";
import { fail } from "./error.js";
import { Tensor } from "./tensor.js";

/** The tensors of a value made of nested arrays, maps and plain objects; one that is held twice is listed twice. */
export function collectTensors(value: unknown): Tensor[] {
  const found: Tensor[] = [];
  // Containers from the third level on, as they may hold each other: most values do not go so deep.
  let seen: Set<object> | undefined;
  const add = (item: unknown, level: number): void => {
    if (typeof item !== "object" || item === null) return;
    if (Tensor.isTensor(item)) return void found.push(item);
    if (level > 2 && (seen ??= new Set()).size === seen.add(item).size) return;
    if (Array.isArray(item)) for (const inner of item) add(inner, level + 1);
    else if (item instanceof Map) for (const inner of item.values()) add(inner, level + 1);
    else if ((Object.getPrototypeOf(item) ?? Object.prototype) === Object.prototype) {
      for (const inner of Object.values(item)) add(inner, level + 1);
    }
  };
  add(value, 1);
  return found;
}

function storagesOf(value: unknown): Storage[] {
  return collectTensors(value).map((tensor) => tensor.toDense().storage);
}

/**
 * Runs `run` and frees every tensor it made, except those in its result (nested arrays, maps and plain objects are
 * walked), which pass to the enclosing scope. A freed tensor says so when it is used.
 *
 * @example
 * const total = scope(() => x.mul(x).sum()); // x.mul(x) is freed, the sum stays
 */
export function scope<R>(run: () => R): R {
  const scopes = openScopes();
  const own: Storage[] = [];
  scopes.push(own);
  let kept: readonly Storage[] = [];
  try {
    const result = run();
    if (typeof (result as { then?: unknown } | undefined | null)?.then === "function") {
      fail("disposed", "scope: run must be synchronous; open a scope after each await");
    }
    kept = storagesOf(result);
    return result;
  } finally {
    if (scopes.at(-1) === own) scopes.pop();
    else scopes.splice(scopes.indexOf(own), 1);
    // Few are found faster without a set.
    const many = kept.length > 16 ? new Set(kept) : undefined;
    for (const storage of own) {
      if (!(many?.has(storage) ?? kept.includes(storage))) storage.dispose();
      else giveToScope(storage);
    }
  }
}

/** Takes the tensors of a value out of every open scope: from now on they live until disposed or garbage-collected. */
export function keep<T>(value: T): T {
  const leaving = new Set(storagesOf(value));
  // From the last on: what is kept has mostly just been made.
  for (const open of openScopes().toReversed()) {
    for (let index = open.length; index-- > 0 && leaving.size > 0;) {
      const storage = open[index] as Storage;
      if (!leaving.delete(storage)) continue;
      open.splice(index, 1);
      storage.leaveScopes?.();
    }
  }
  return value;
}

/** Frees every tensor of a value made of nested arrays, maps and plain objects. */
export function disposeTree(value: unknown): void {
  for (const tensor of collectTensors(value)) tensor.dispose();
}
