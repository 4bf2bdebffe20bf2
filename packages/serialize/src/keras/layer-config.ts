import { fail } from "../error.js";
import { activationByName, activationNames, type Activation, type Convention } from "./activations.js";

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What a file says about one layer: its class, its name and its options, each read with a check of its type. The class of a bare
 * operation, which Keras 3 notes beside the layers, starts with `ops.`.
 */
export class LayerConfig {
  readonly className: string;
  readonly name: string;
  readonly convention: Convention;
  /** How it is called, as far as the file says: one entry per call. */
  readonly inboundNodes: readonly unknown[];
  readonly #values: JsonObject;

  /**
   * @param value - `{ class_name, config, … }`, as Keras writes it.
   * @throws SerializeError `format` for anything else, or a class that does not come from Keras
   */
  constructor(value: unknown, convention: Convention) {
    if (
      !isObject(value) ||
      typeof value["class_name"] !== "string" ||
      !(isObject(value["config"]) || Array.isArray(value["config"]))
    )
      fail("format", "read Keras: each layer must have a class_name and a config; save the model again");
    const { class_name, config, name, module, inbound_nodes } = value as JsonObject & { readonly class_name: string };
    const isOperation = typeof module === "string" && /^keras(\.src)?\.ops\b/.test(module);
    this.className = isOperation ? `ops.${class_name}` : class_name;
    this.#values = isObject(config) ? config : { layers: config };
    const named = this.#values["name"] ?? name;
    this.name = typeof named === "string" ? named : class_name.toLowerCase();
    this.convention = convention;
    this.inboundNodes = Array.isArray(inbound_nodes) ? inbound_nodes : [];
    if (typeof module === "string" && !/^keras(\.src)?(\.(layers|models|ops)\b|$)/.test(module))
      this.refuse(`comes from ${module}, not from Keras`, "use a layer of Keras");
  }

  /** The layer in messages: its class and its name. */
  get described(): string {
    return `${this.className} ${JSON.stringify(this.name)}`;
  }

  /** The option as it stands in the file; undefined where it is left out or null. */
  value(option: string): unknown {
    return this.has(option) ? (this.#values[option] ?? undefined) : undefined;
  }

  /** Whether the file says anything about an option, even null. */
  has(option: string): boolean {
    return Object.hasOwn(this.#values, option);
  }

  boolean(option: string, otherwise = false): boolean {
    const value = this.value(option) ?? otherwise;
    return typeof value === "boolean" ? value : this.#wrong(option, "true or false");
  }

  number(option: string, otherwise?: number): number {
    const value = this.value(option) ?? otherwise;
    return typeof value === "number" && Number.isFinite(value) ? value : this.#wrong(option, "a number");
  }

  text(option: string, otherwise?: string): string {
    const value = this.value(option) ?? otherwise;
    return typeof value === "string" ? value : this.#wrong(option, "a text");
  }

  /** An integer from `least`, default 1. */
  integer(option: string, { otherwise, least = 1 }: { readonly otherwise?: number; readonly least?: number } = {}): number {
    const value = this.value(option) ?? otherwise;
    return Number.isSafeInteger(value) && (value as number) >= least
      ? (value as number)
      : this.#wrong(option, `an integer >= ${least}`);
  }

  /** A list of integers; one integer is a list of one. */
  integers(option: string, otherwise?: readonly number[]): readonly number[] {
    const value = this.value(option) ?? otherwise;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.every((item): item is number => Number.isSafeInteger(item)) ? list : this.#wrong(option, "a list of integers");
  }

  /** A share in 0..1, 1 excluded; 0 when left out. */
  rate(option: string): number {
    const rate = this.number(option, 0);
    return rate >= 0 && rate < 1 ? rate : this.#wrong(option, "a number in [0, 1)");
  }

  /** A layer within this one. */
  layer(option: string): LayerConfig {
    return new LayerConfig(this.value(option), this.convention);
  }

  /** The name of an activation, in lower case with underscores. */
  activationName(option: string, otherwise?: string): string {
    const value = this.value(option) ?? otherwise;
    if (typeof value !== "string") {
      const { class_name } = isObject(value) ? value : {};
      const named = typeof class_name === "string" ? ` ${class_name}` : "";
      return this.refuse(`has an ${option}${named} of its own`, `use one of ${activationNames.join(", ")}`);
    }
    return value.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }

  activation(option: string, otherwise?: string): Activation {
    const name = this.activationName(option, otherwise);
    return (
      activationByName(name, this.convention) ??
      this.refuse(`has the ${option} ${JSON.stringify(name)}, which is not supported`, `use one of ${activationNames.join(", ")}`)
    );
  }

  /** @throws SerializeError `format`, always, naming this layer */
  refuse(what: string, remedy: string): never {
    return fail("format", `read Keras: ${this.described} ${what}; ${remedy}`);
  }

  /** Refuses an option that has any other value than the one supported. */
  only(option: string, supported: string | boolean): void {
    const value = this.value(option) ?? supported;
    if (value !== supported) {
      this.refuse(
        `has ${option} ${JSON.stringify(value)}, which is not supported`,
        `train it with ${option} ${JSON.stringify(supported)}`,
      );
    }
  }

  #wrong(option: string, needed: string): never {
    return this.refuse(`needs ${option} to be ${needed}, got ${JSON.stringify(this.value(option))}`, "save the model again");
  }
}
