import { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { isPlainRecord, isRecord, kindOf } from "../plain-record.js";

/** What stands anywhere in a checkpoint: JSON, and tensors as leaves. Numbers may be NaN, infinite or -0. */
export type CheckpointValue =
  null | boolean | number | string | Tensor | readonly CheckpointValue[] | { readonly [name: string]: CheckpointValue };

/** The whole content of a checkpoint, by name. */
export interface CheckpointTree {
  readonly [name: string]: CheckpointValue;
}

/** A tree taken apart: JSON in which `{ "$tensor": name }` stands for each tensor, and the tensors. */
export interface FlatTree {
  readonly json: unknown;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

const maxDepth = 100;

/**
 * Takes a tree apart. A tensor is named by the dotted path to it (`model.rnn.weight_ih_l0`); where two paths read the
 * same, the later one gets `#2`. Properties that are undefined are left out. `$` at the start of a property is doubled.
 *
 * @throws SerializeError `value` for anything but JSON and tensors: functions, class instances, bigint, cycles.
 */
export function flattenTree(tree: object): FlatTree {
  const tensors = Object.create(null) as Record<string, Tensor>;
  const free = (path: string): string => {
    let name = path;
    for (let count = 2; name in tensors || name === "__metadata__"; count++) name = `${path}#${count}`;
    return name;
  };
  const flatten = (value: unknown, path: readonly string[]): unknown => {
    if (path.length > maxDepth)
      fail(
        "value",
        `write checkpoint: values may nest ${maxDepth} deep, got more at ${shown(path.slice(0, 8))}…; is it a cycle?`,
      );
    if (Tensor.isTensor(value)) {
      const name = free(path.join("."));
      tensors[name] = value;
      return { $tensor: name };
    }
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value === "number")
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: Object.is(value, -0) ? "-0" : String(value) };
    if (Array.isArray(value)) return Array.from(value, (item, index) => flatten(item, [...path, String(index)]));
    if (!isPlainRecord(value))
      return fail(
        "value",
        `write checkpoint: values must be JSON or tensors, got ${kindOf(value)} at ${shown(path)}; convert it first`,
      );
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return Object.fromEntries(
      fields.map(([key, field]) => [key.startsWith("$") ? `$${key}` : key, flatten(field, [...path, key])]),
    );
  };
  if (!isPlainRecord(tree)) fail("value", `write checkpoint: the tree must be a plain object, got ${kindOf(tree)}`);
  return { json: flatten(tree, []), tensors };
}

/**
 * Puts a tree together again.
 *
 * @throws SerializeError `format` when the JSON and the tensors do not belong together.
 */
export function restoreTree({ json, tensors }: FlatTree): CheckpointTree {
  const unused = new Set(Object.keys(tensors));
  const restore = (value: unknown, path: readonly string[]): CheckpointValue => {
    if (path.length > maxDepth)
      fail("format", `read checkpoint: values may nest ${maxDepth} deep, got more at ${shown(path.slice(0, 8))}…`);
    if (Array.isArray(value)) return value.map((item, index) => restore(item, [...path, String(index)]));
    if (!isRecord(value)) return value as CheckpointValue;
    const keys = Object.keys(value);
    const [key = ""] = keys;
    if (keys.length !== 1 || !key.startsWith("$") || key.startsWith("$$")) {
      return Object.fromEntries(
        keys.map((name) => [name.startsWith("$$") ? name.slice(1) : name, restore(value[name], [...path, name])]),
      );
    }
    const content = value[key];
    if (key === "$number" && typeof content === "string" && ["NaN", "Infinity", "-Infinity", "-0"].includes(content))
      return Number(content);
    if (key === "$tensor" && typeof content === "string" && unused.delete(content)) return tensors[content] as Tensor;
    return fail(
      "format",
      `read checkpoint: ${shown(path)} refers to ${JSON.stringify(content)} as ${key}, which the file does not hold once`,
    );
  };
  if (!isRecord(json)) return fail("format", "read checkpoint: the tree must be an object");
  const tree = restore(json, []);
  if (unused.size > 0)
    fail(
      "format",
      `read checkpoint: every tensor must have a place in the tree, got ${[...unused].slice(0, 5).join(", ")} without`,
    );
  return tree as CheckpointTree;
}

function shown(path: readonly string[]): string {
  return path.length === 0 ? "the root" : path.join(".");
}
