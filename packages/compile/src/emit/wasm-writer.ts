/** Value types of WebAssembly. */
const valueTypes = { i32: 0x7f, v128: 0x7b } as const;

/** Name of a value type. */
export type ValueType = keyof typeof valueTypes;

/** Instructions by name; those above 0xff follow the vector prefix. */
const opcodes = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  call: 0x10,
  "local.get": 0x20,
  "local.set": 0x21,
  "local.tee": 0x22,
  "i32.load": 0x28,
  "i32.const": 0x41,
  "i32.lt_s": 0x48,
  "i32.ge_s": 0x4e,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.and": 0x71,
  "i32.shr_s": 0x75,
} as const;

const vectorOpcodes = {
  "v128.load": 0x00,
  "v128.load32_splat": 0x09,
  "v128.store": 0x0b,
  "f32x4.eq": 0x41,
  "f32x4.ne": 0x42,
  "f32x4.lt": 0x43,
  "f32x4.gt": 0x44,
  "f32x4.le": 0x45,
  "v128.and": 0x4e,
  "v128.andnot": 0x4f,
  "v128.or": 0x50,
  "v128.bitselect": 0x52,
  "v128.store32_lane": 0x5a,
  "i32x4.shl": 0xab,
  "i32x4.shr_s": 0xac,
  "i32x4.shr_u": 0xad,
  "i32x4.add": 0xae,
  "i32x4.sub": 0xb1,
  "f32x4.abs": 0xe0,
  "f32x4.neg": 0xe1,
  "f32x4.sqrt": 0xe3,
  "f32x4.add": 0xe4,
  "f32x4.sub": 0xe5,
  "f32x4.mul": 0xe6,
  "f32x4.div": 0xe7,
  "f32x4.min": 0xe8,
  "f32x4.max": 0xe9,
  "f32x4.pmin": 0xea,
  "f32x4.pmax": 0xeb,
  "f32x4.convert_i32x4_s": 0xfa,
  "f32x4.relaxed_madd": 0x105,
} as const;

/** Name of an instruction. */
export type Instruction = keyof typeof opcodes | keyof typeof vectorOpcodes;

/** Signature of a function. */
export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** An unsigned number in as few bytes as it needs. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low + 128);
    if (done) return bytes;
  }
}

/** The body of a function under construction. */
export class FunctionBody {
  readonly type: FunctionType;
  readonly #locals: ValueType[] = [];
  readonly #code: number[] = [];

  constructor(type: FunctionType) {
    this.type = type;
  }

  /** A new local variable; its index. */
  local(type: ValueType): number {
    return this.type.parameters.length + this.#locals.push(type) - 1;
  }

  /** Takes what is on the stack into a new local variable; its index. */
  keep(type: ValueType): number {
    const local = this.local(type);
    this.set(local);
    return local;
  }

  /** An instruction with immediates that are plain unsigned numbers: indices, lanes, labels. */
  op(name: Instruction, ...immediates: readonly number[]): this {
    if (name in opcodes) this.#code.push(opcodes[name as keyof typeof opcodes]);
    else this.#code.push(0xfd, ...unsigned(vectorOpcodes[name as keyof typeof vectorOpcodes]));
    for (const value of immediates) this.#code.push(...unsigned(value));
    return this;
  }

  /** `block` or `loop` without a result. */
  open(name: "block" | "loop"): this {
    this.#code.push(opcodes[name], 0x40);
    return this;
  }

  get(local: number): this {
    return this.op("local.get", local);
  }

  set(local: number): this {
    return this.op("local.set", local);
  }

  integer(value: number): this {
    this.#code.push(opcodes["i32.const"], ...signed(value));
    return this;
  }

  /** A load or store at `offset` bytes from the address on the stack. */
  memory(name: Instruction, offset: number, lane?: number): this {
    const alignment = 2; // Elements lie at multiples of 2^2 bytes.
    this.op(name, alignment, offset);
    if (lane !== undefined) this.#code.push(lane);
    return this;
  }

  /** The function as bytes, with its size in front. */
  bytes(): number[] {
    const locals = this.#locals.flatMap((type) => [1, valueTypes[type]]);
    const body = [...unsigned(this.#locals.length), ...locals, ...this.#code, opcodes.end];
    return [...unsigned(body.length), ...body];
  }
}

/** A module under construction, which imports the memory of the backend. */
export class ModuleWriter {
  readonly #types: FunctionType[] = [];
  readonly #imports: { readonly module: string; readonly name: string; readonly type: number }[] = [];
  readonly #functions: { readonly body: FunctionBody; readonly name: string | undefined }[] = [];

  /** The index of an imported function; all imports come before the first function. */
  import(module: string, name: string, type: FunctionType): number {
    const known = this.#imports.findIndex((entry) => entry.module === module && entry.name === name);
    if (known >= 0) return known;
    return this.#imports.push({ module, name, type: this.#type(type) }) - 1;
  }

  /** Adds a function, exported under `name` if it has one; its index. */
  add(body: FunctionBody, name?: string): number {
    this.#type(body.type);
    return this.#imports.length + this.#functions.push({ body, name }) - 1;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const text = (value: string): number[] => [...unsigned(value.length), ...new TextEncoder().encode(value)];
    const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
    const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
    const types = this.#types.map(({ parameters, results }) => [
      0x60,
      ...list(parameters.map((type) => [valueTypes[type]])),
      ...list(results.map((type) => [valueTypes[type]])),
    ]);
    const imports = [
      [...text("env"), ...text("memory"), 0x02, 0x00, 0],
      ...this.#imports.map(({ module, name, type }) => [...text(module), ...text(name), 0x00, ...unsigned(type)]),
    ];
    const exports = this.#functions.flatMap(({ name }, index) =>
      name === undefined ? [] : [[...text(name), 0x00, ...unsigned(this.#imports.length + index)]],
    );
    return Uint8Array.from([
      ...[0, 97, 115, 109, 1, 0, 0, 0],
      ...section(1, list(types)),
      ...section(2, list(imports)),
      ...section(3, list(this.#functions.map(({ body }) => unsigned(this.#type(body.type))))),
      ...section(7, list(exports)),
      ...section(10, list(this.#functions.map(({ body }) => body.bytes()))),
    ]);
  }

  #type(type: FunctionType): number {
    const same = (other: FunctionType): boolean =>
      other.parameters.join() === type.parameters.join() && other.results.join() === type.results.join();
    const known = this.#types.findIndex(same);
    return known >= 0 ? known : this.#types.push(type) - 1;
  }
}
