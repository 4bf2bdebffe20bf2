import { createGenerator, formatShape, sameShape, Tensor, type Generator } from "@unroll/tensor";

import { fail } from "./error.js";
import { Parameter } from "./parameter.js";

type Named = IterableIterator<readonly [name: string, part: Parameter | Module]>;
type Entries = Iterable<readonly [key: unknown, part: unknown]>;

// A plain property, so that two copies of this package recognise each other's modules.
const marker = "@unroll/nn/module/1";

/** Something with parameters. They are found by walking the fields, and named by the path that leads to them. */
export abstract class Module {
  readonly "@unroll/nn/module/1": boolean = true;
  /** Whether dropout and the like are on; set by {@link train} and {@link evaluate}. */
  training: boolean = false;
  /** Where this module draws its own random numbers, such as dropout masks. {@link initialize} seeds it by path. */
  rng: Generator = createGenerator(0);

  /** Whether a value is a module, of this copy of the package or another. */
  static isModule(value: unknown): value is Module {
    return typeof value === "object" && value !== null && marker in value;
  }

  /** The named parts below this module: parameters, modules; arrays, maps and plain objects of them. Override to name them otherwise. */
  protected parts(): Iterable<readonly [name: string, part: unknown]> {
    return Object.entries(this);
  }

  /** Every parameter under its dotted name; one that is shared, once, under the first path that leads to it. */
  parameters(): Map<string, Parameter> {
    const names = new Map<Parameter, string>();
    for (const [name, part] of Module.#walk(this)) if (Parameter.isParameter(part) && !names.has(part)) names.set(part, name);
    return byName(names);
  }

  /** This module (named `""`) and every one below, each once. */
  modules(): Map<string, Module> {
    const names = new Map<Module, string>([[this, ""]]);
    for (const [name, part] of Module.#walk(this)) if (Module.isModule(part) && !names.has(part)) names.set(part, name);
    return byName(names);
  }

  /**
   * Redraws every parameter and restarts every `rng`, each from the stream of its own name, so that adding one does not
   * shift the others.
   *
   * @param options - `seed`, an integer.
   * @throws ModuleError `option` without one.
   */
  initialize(options: { readonly seed: number }): this {
    const generator = createGenerator(seedOf(options));
    for (const [name, parameter] of this.parameters()) parameter.reset(generator.stream(name));
    for (const [name, module] of this.#generatorOwners()) module.rng = generator.stream(name);
    return this;
  }

  /** Copies of all values by name. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries([...this.parameters()].map(([name, parameter]) => [name, parameter.value.toDense().copy()]));
  }

  /**
   * Copies values in by name. A shared parameter may come under any of its names, or under several with equal values.
   *
   * @param options - `strict` (default true) refuses missing and unexpected names.
   * @throws ModuleError `state-dict` with every mismatch at once; then nothing has changed.
   */
  loadStateDict(values: Readonly<Record<string, Tensor>>, { strict = true }: { readonly strict?: boolean } = {}): this {
    const aliases = new Map<Parameter, string[]>();
    for (const [name, part] of Module.#walk(this)) {
      if (Parameter.isParameter(part)) aliases.set(part, [...(aliases.get(part) ?? []), name]);
    }
    const problems: string[] = [];
    const found = new Map<Parameter, Tensor>();
    for (const [parameter, names] of aliases) {
      const needed = formatShape(parameter.shape);
      const present = names.filter((name) => Object.hasOwn(values, name));
      if (present.length === 0 && strict) problems.push(`missing ${names.join(" or ")} ${needed}`);
      for (const name of present) {
        const value = values[name] as Tensor;
        const before = found.get(parameter);
        if (!Tensor.isTensor(value)) {
          problems.push(`${name} is no tensor`);
        } else if (!sameShape(value.shape, parameter.shape)) {
          problems.push(`${name} has shape ${formatShape(value.shape)}, needs ${needed}`);
        } else if (before !== undefined && !sameElements(before, value)) {
          problems.push(`${present.join(" and ")} are one parameter here, but their values differ`);
        } else found.set(parameter, value);
      }
    }
    const known = new Set([...aliases.values()].flat());
    if (strict) problems.push(...unexpected(values, known));
    if (problems.length > 0) fail("state-dict", `loadStateDict: ${problems.join("; ")}`);
    for (const [parameter, value] of found) parameter.assign(value.copy());
    return this;
  }

  /** States of every {@link rng} here and below, by dotted name: plain integers, to be saved beside the weights. */
  generatorStates(): Record<string, readonly number[]> {
    return Object.fromEntries([...this.#generatorOwners()].map(([name, { rng }]) => [name, rng.state()]));
  }

  /**
   * Goes on from the states of {@link generatorStates}: a resumed training draws what the uninterrupted one would have.
   *
   * @throws ModuleError `generator-states` with every missing and unexpected name at once, or for a state that is none; then
   * nothing has changed.
   */
  restoreGenerators(states: Readonly<Record<string, readonly number[]>>): this {
    const owners = this.#generatorOwners();
    const missing = [...owners.keys()].filter((name) => !Object.hasOwn(states, name)).map((name) => `missing ${name}`);
    const problems = [...missing, ...unexpected(states, owners)];
    if (problems.length > 0) fail("generator-states", `restoreGenerators: ${problems.join("; ")}`);
    const before = this.generatorStates();
    for (const [name, { rng }] of owners) {
      try {
        rng.restore(states[name] as readonly number[]);
      } catch (cause) {
        for (const [changed, owner] of owners) owner.rng.restore(before[changed] as readonly number[]);
        fail("generator-states", `restoreGenerators: ${name}: ${cause instanceof Error ? cause.message : String(cause)}`);
      }
    }
    return this;
  }

  /** Number of learned elements; shared ones count once. */
  parameterCount(): number {
    return [...this.parameters().values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** One line per parameter: name, shape, count; and the total. */
  summary(): string {
    const rows = [...this.parameters()].map(([name, { shape, size }]) => [
      name,
      formatShape(shape),
      size.toLocaleString("en-US"),
    ]);
    rows.push(["total", "", this.parameterCount().toLocaleString("en-US")]);
    const width = (column: number): number => Math.max(...rows.map((row) => (row[column] as string).length));
    return rows
      .map(
        ([name = "", shape = "", count = ""]) =>
          `${name.padEnd(width(0))}  ${shape.padEnd(width(1))}  ${count.padStart(width(2))}`,
      )
      .join("\n");
  }

  /** Turns dropout and the like on, here and below. */
  train(): this {
    for (const module of this.modules().values()) module.training = true;
    return this;
  }

  /** Turns dropout and the like off, here and below. */
  evaluate(): this {
    for (const module of this.modules().values()) module.training = false;
    return this;
  }

  #generatorOwners(): Map<string, Module> {
    return new Map([...this.modules()].map(([name, module]) => [name === "" ? "rng" : `${name}.rng`, module]));
  }

  // Every part under every path that leads to it, but never round a circle. Static, since a private method would refuse
  // the modules of another copy of this package.
  static *#walk(module: Module): Named {
    const within: unknown[] = [module];
    const barren = new Set<object>();
    const visit = function* (prefix: string, entries: Entries, nameless = ""): Named {
      for (const [key, part] of entries) {
        if (typeof part !== "object" || part === null || within.includes(part) || !holdsParts(part, barren)) continue;
        const name = prefix + String(key);
        // The key of a member of a Set is the member.
        const holder = nameless || (typeof key === "object" ? prefix.slice(0, -1) : "");
        if (Parameter.isParameter(part) || Module.isModule(part)) {
          if (holder !== "") {
            fail(
              "option",
              `Module: ${holder} holds a module or parameter without a name; keep it in an array, or a Map by a string`,
            );
          }
          yield [name, part];
        }
        within.push(part);
        yield* visit(`${name}.`, Module.isModule(part) ? part.parts() : entriesOf(part), holder);
        within.pop();
      }
    };
    yield* visit("", module.parts());
  }
}

// Whether a value is a part, or an array, map or plain object that leads to one; those that do not are remembered.
function holdsParts(value: object, barren: Set<object>): boolean {
  const seen = new Set<object>([value]);
  for (const item of seen) {
    if (Parameter.isParameter(item) || Module.isModule(item)) return true;
    if (barren.has(item)) continue;
    for (const [, next] of entriesOf(item)) if (typeof next === "object" && next !== null) seen.add(next);
  }
  for (const item of seen) barren.add(item);
  return false;
}

function byName<P>(names: ReadonlyMap<P, string>): Map<string, P> {
  const named = new Map<string, P>();
  for (const [part, name] of names) {
    if (named.has(name)) fail("option", `Module: two parts are named ${name}; rename a field or a key`);
    named.set(name, part);
  }
  return named;
}

// What may hold parts, beside modules, and under which keys.
function entriesOf(holder: object): Entries {
  if (Array.isArray(holder) || holder instanceof Map || holder instanceof Set) return holder.entries();
  const prototype: unknown = Object.getPrototypeOf(holder);
  return prototype === Object.prototype || prototype === null ? Object.entries(holder) : [];
}

function seedOf(options: { readonly seed?: number } | undefined): number {
  const seed = options?.seed;
  if (seed !== undefined && Number.isInteger(seed)) return seed;
  return fail("option", `initialize: seed must be an integer, got ${seed}; as in initialize({ seed: 1 })`);
}

function unexpected(given: object, known: { has(name: string): boolean }): string[] {
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => `unexpected ${name}`);
}

function sameElements(a: Tensor, b: Tensor): boolean {
  const other = b.toTypedArray();
  return a.toTypedArray().every((value, index) => Object.is(value, other[index]));
}
