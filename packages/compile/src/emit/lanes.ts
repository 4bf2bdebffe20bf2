import type { Frame } from "./frame.js";
import type { FunctionBody, Instruction } from "./wasm-writer.js";

/** Vectors of four, each in a local: one for each group of columns that is computed side by side. */
export type Vectors = readonly number[];

/**
 * Instructions on vectors side by side, so that a formula is written once and its constants are loaded once. An instruction follows the
 * same one of the group before: engines that make one vector of 256 bits of two find the pairs.
 */
export class Lanes {
  readonly #body: FunctionBody;
  readonly #frame: Frame;
  readonly #groups: readonly number[];
  readonly #taken: number[] = [];
  /** Whether multiply-adds are fused. */
  readonly relaxed: boolean;

  /** @param frame - holds the constants; its address is the first parameter of the function. */
  constructor(body: FunctionBody, { frame, relaxed, groups }: { frame: Frame; relaxed: boolean; groups: number }) {
    this.#body = body;
    this.#frame = frame;
    this.#groups = Array.from({ length: groups }, (_, group) => group);
    this.relaxed = relaxed;
  }

  number(value: number): Vectors {
    return this.#constant(this.#frame.constant(value));
  }

  /** Four times a 32-bit integer. */
  integer(value: number): Vectors {
    return this.#constant(this.#frame.constantBits(value));
  }

  /** The same for every group: what `load` leaves on the stack. */
  shared(load: () => void): Vectors {
    load();
    const local = this.#keep();
    return this.#groups.map(() => local);
  }

  /** What `load` leaves on the stack for each group. */
  each(load: (group: number) => void): Vectors {
    return this.#groups.map((group) => {
      load(group);
      return this.#keep();
    });
  }

  /** An instruction with any number of operands. */
  apply(name: Instruction, ...operands: readonly Vectors[]): Vectors {
    return this.#over(operands, () => this.#body.op(name));
  }

  /** A function with any number of operands. */
  call(index: number, ...operands: readonly Vectors[]): Vectors {
    return this.#over(operands, () => this.#body.op("call", index));
  }

  add = (a: Vectors, b: Vectors): Vectors => this.apply("f32x4.add", a, b);
  sub = (a: Vectors, b: Vectors): Vectors => this.apply("f32x4.sub", a, b);
  mul = (a: Vectors, b: Vectors): Vectors => this.apply("f32x4.mul", a, b);
  div = (a: Vectors, b: Vectors): Vectors => this.apply("f32x4.div", a, b);
  and = (a: Vectors, b: Vectors): Vectors => this.apply("v128.and", a, b);

  /** `a b + c` */
  madd(a: Vectors, b: Vectors, c: Vectors): Vectors {
    return this.relaxed ? this.apply("f32x4.relaxed_madd", a, b, c) : this.add(this.mul(a, b), c);
  }

  /** `c_0 x^n + c_1 x^(n-1) + …`, from the first coefficient. */
  polynomial(x: Vectors, [first = 0, ...rest]: readonly number[]): Vectors {
    return rest.reduce((sum, coefficient) => this.madd(sum, x, this.number(coefficient)), this.number(first));
  }

  shift(name: "i32x4.shl" | "i32x4.shr_s" | "i32x4.shr_u", x: Vectors, bits: number): Vectors {
    return this.each((group) =>
      this.#body
        .get(x[group] as number)
        .integer(bits)
        .op(name),
    );
  }

  /** Lanes of `a` where `mask` is set, else of `b`. */
  select(a: Vectors, b: Vectors, mask: Vectors): Vectors {
    return this.apply("v128.bitselect", a, b, mask);
  }

  /**
   * Empties every local: engines take what a local holds at the end of a loop for used by the next turn, and make no pairs of what is
   * used one by one.
   */
  empty(): void {
    if (this.#taken.length === 0) return;
    const nothing = this.#body.local("v128");
    for (const local of this.#taken.splice(0)) this.#body.get(nothing).set(local);
  }

  #over(operands: readonly Vectors[], emit: () => void): Vectors {
    return this.each((group) => {
      for (const operand of operands) this.#body.get(operand[group] as number);
      emit();
    });
  }

  #keep(): number {
    const local = this.#body.keep("v128");
    this.#taken.push(local);
    return local;
  }

  #constant(word: number): Vectors {
    return this.shared(() => this.#body.get(0).memory("v128.load32_splat", word));
  }
}
