import { createGenerator, formatShape, sameShape, type Tensor } from "@unroll/tensor";

import { ModuleError } from "./error.js";
import { Parameter } from "./parameter.js";

/** Something with parameters. They are found by walking the fields, and named by the path that leads to them. */
export abstract class Module {
  /** Whether dropout and the like are on; set by {@link train} and {@link evaluate}. */
  training: boolean = false;

  /** The named parts below this module: parameters, modules, arrays of them. Override to name them otherwise. */
  protected parts(): Iterable<readonly [name: string, part: unknown]> {
    return Object.entries(this);
  }

  /** Every parameter under its dotted name. */
  parameters(): Map<string, Parameter> {
    const found = new Map<string, Parameter>();
    this.#walk("", (name, part) => {
      if (part instanceof Parameter) found.set(name, part);
    });
    return found;
  }

  /** Redraws every parameter, each from the stream of its own name, so that adding one does not shift the others. */
  initialize({ seed }: { readonly seed: number }): this {
    const generator = createGenerator(seed);
    for (const [name, parameter] of this.parameters()) parameter.reset(generator.stream(name));
    return this;
  }

  /** Copies of all values by name. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries([...this.parameters()].map(([name, parameter]) => [name, parameter.value.toDense().copy()]));
  }

  /**
   * Copies values in by name.
   *
   * @param options - `strict` (default true) refuses missing and unexpected names.
   * @throws ModuleError `state-dict` with every mismatch at once; then nothing has changed.
   */
  loadStateDict(values: Readonly<Record<string, Tensor>>, { strict = true }: { readonly strict?: boolean } = {}): this {
    const parameters = this.parameters();
    const problems: string[] = [];
    for (const [name, parameter] of parameters) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) {
        if (strict) problems.push(`missing ${name} ${formatShape(parameter.shape)}`);
      } else if (!sameShape(value.shape, parameter.shape)) {
        problems.push(`${name} has shape ${formatShape(value.shape)}, needs ${formatShape(parameter.shape)}`);
      }
    }
    if (strict) for (const name of Object.keys(values)) if (!parameters.has(name)) problems.push(`unexpected ${name}`);
    if (problems.length > 0) throw new ModuleError("state-dict", `loadStateDict: ${problems.join("; ")}`);
    for (const [name, parameter] of parameters) {
      if (Object.hasOwn(values, name)) parameter.assign((values[name] as Tensor).copy());
    }
    return this;
  }

  /** Number of learned elements. */
  parameterCount(): number {
    return [...this.parameters().values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** One line per parameter: name, shape, count; and the total. */
  summary(): string {
    const rows = [...this.parameters()].map(([name, { shape, size }]) => [name, formatShape(shape), size.toLocaleString("en-US")]);
    rows.push(["total", "", this.parameterCount().toLocaleString("en-US")]);
    const width = (column: number): number => Math.max(...rows.map((row) => (row[column] as string).length));
    return rows
      .map(([name = "", shape = "", count = ""]) => `${name.padEnd(width(0))}  ${shape.padEnd(width(1))}  ${count.padStart(width(2))}`)
      .join("\n");
  }

  /** Turns dropout and the like on, here and below. */
  train(): this {
    return this.#setTraining(true);
  }

  /** Turns dropout and the like off, here and below. */
  evaluate(): this {
    return this.#setTraining(false);
  }

  #setTraining(training: boolean): this {
    this.training = training;
    this.#walk("", (_, part) => {
      if (part instanceof Module) part.training = training;
    });
    return this;
  }

  #walk(prefix: string, visit: (name: string, part: unknown) => void): void {
    const step = (name: string, part: unknown): void => {
      if (part instanceof Parameter) visit(name, part);
      else if (part instanceof Module) {
        visit(name, part);
        part.#walk(`${name}.`, visit);
      } else if (Array.isArray(part)) part.forEach((item, index) => step(`${name}.${index}`, item));
    };
    for (const [name, part] of this.parts()) step(prefix + name, part);
  }
}
