import type { PassOperation, Place, ScanPlan } from "../plan/plan.js";
import type { Argument, ElementOperation, ElementRow, Row, Vector } from "../rows/row.js";
import { emitAddress } from "./emit-address.js";
import type { Frame } from "./frame.js";
import { emitExp, emitLog, emitSigmoid, emitTanh } from "./vector-math.js";
import { FunctionBody, type Instruction } from "./wasm-writer.js";

/** What an emitter needs to know. */
export interface EmitContext {
  readonly plan: ScanPlan;
  readonly frame: Frame;
  readonly relaxed: boolean;
  /** Index of a function of JavaScript's Math. */
  mathFunction(name: string): number;
}

/** Operations that have no vector form: JavaScript computes them element by element. */
export const perElement: ReadonlySet<ElementOperation> = new Set(["expm1", "log1p", "sin", "cos", "pow"]);

const simple: Readonly<Partial<Record<string, Instruction>>> = {
  neg: "f32x4.neg",
  abs: "f32x4.abs",
  sqrt: "f32x4.sqrt",
  add: "f32x4.add",
  sub: "f32x4.sub",
  mul: "f32x4.mul",
  div: "f32x4.div",
  maximum: "f32x4.max",
  minimum: "f32x4.min",
  equal: "f32x4.eq",
  less: "f32x4.lt",
  lessEqual: "f32x4.le",
};

/** One function `(frame, t, from, to)`: a fused pass over the rows `from..to` of a step. */
export function emitPass(pass: PassOperation, context: EmitContext): FunctionBody {
  return new PassEmitter(pass, context).emit();
}

// Where a column stands: `j` bytes into the row, a local, and so many bytes more.
interface Column {
  readonly j: number | undefined;
  readonly bytes: number;
  /** Four elements, or one. */
  readonly whole: boolean;
}

class PassEmitter {
  readonly #pass: PassOperation;
  readonly #context: EmitContext;
  readonly #body = new FunctionBody({ parameters: ["i32", "i32", "i32", "i32"], results: [] });
  readonly #pointers = new Map<string, { readonly local: number; readonly place: Place }>();
  readonly #vectors = new Map<number, number>();
  // What is one element wide: the same for every row, or for every column.
  readonly #splats = new Map<string, number>();
  readonly #columns = new Map<Row, number>();
  readonly #own: ReadonlySet<Row>;

  constructor(pass: PassOperation, context: EmitContext) {
    this.#pass = pass;
    this.#context = context;
    this.#own = new Set<Row>(pass.rows);
  }

  emit(): FunctionBody {
    const body = this.#body;
    const [frame, t, from, to] = [0, 1, 2, 3];
    const { width, rows, stores } = this.#pass;
    const row = body.local("i32");
    for (const { args } of rows) for (const arg of args) this.#prepare(arg);
    for (const { places } of stores) for (const place of places) this.#pointer(place);
    for (const { local, place } of this.#pointers.values()) {
      emitAddress(body, this.#context.frame, place, { frame, t, row: from });
      body.set(local);
    }
    body.get(from).set(row).open("block").open("loop").get(row).get(to).op("i32.ge_s").op("br_if", 1);
    for (const [source, local] of this.#columns) {
      const place = this.#context.plan.placeOf(source);
      body
        .get(this.#pointer(place))
        .memory("v128.load32_splat", place.offset * 4)
        .set(local);
    }
    this.#emitColumns(width);
    for (const { local, place } of this.#pointers.values()) {
      body
        .get(local)
        .get(frame)
        .memory("i32.load", this.#context.frame.base(place.buffer) + 8)
        .op("i32.add")
        .set(local);
    }
    body.get(row).integer(1).op("i32.add").set(row).op("br", 0).op("end").op("end");
    return body;
  }

  // Eight columns a turn, then four, then one by one.
  #emitColumns(width: number): void {
    const body = this.#body;
    const turns = Math.floor(width / 8);
    const column = (bytes: number, whole: boolean, j?: number): Column => ({ j, bytes, whole });
    if (turns > 1) {
      const j = body.local("i32");
      body.integer(0).set(j).open("loop");
      this.#emitElements([column(0, true, j), column(16, true, j)]);
      body
        .get(j)
        .integer(32)
        .op("i32.add")
        .op("local.tee", j)
        .integer(turns * 32)
        .op("i32.lt_s")
        .op("br_if", 0)
        .op("end");
    } else if (turns === 1) {
      this.#emitElements([column(0, true), column(16, true)]);
    }
    let done = turns * 8;
    if (width - done >= 4) {
      this.#emitElements([column(done * 4, true)]);
      done += 4;
    }
    for (; done < width; done++) this.#emitElements([column(done * 4, false)]);
  }

  #emitElements(columns: readonly Column[]): void {
    const values = columns.map(() => new Map<Row, number>());
    for (const row of this.#pass.rows) {
      columns.forEach((column, index) => {
        const known = values[index] as Map<Row, number>;
        known.set(
          row,
          this.#compute(row, (arg) => this.#read(arg, column, known)),
        );
      });
    }
    columns.forEach((column, index) => {
      for (const { row, places } of this.#pass.stores) {
        for (const place of places) {
          this.#address(this.#pointer(place), column).get(values[index]?.get(row) as number);
          const offset = place.offset * 4 + column.bytes;
          if (column.whole) this.#body.memory("v128.store", offset);
          else this.#body.memory("v128.store32_lane", offset, 0);
        }
      }
    });
  }

  #prepare(arg: Argument): void {
    if (arg.kind === "literal") return;
    const body = this.#body;
    if (arg.kind === "vector") {
      const word = this.#context.frame.vector(arg.node);
      if (arg.width !== 1) {
        if (this.#vectors.has(arg.node.id)) return;
        this.#vectors.set(arg.node.id, body.get(0).memory("i32.load", word).keep("i32"));
        return;
      }
      if (this.#splats.has(splatKey(arg))) return;
      const splat = body
        .get(0)
        .memory("i32.load", word)
        .memory("v128.load32_splat", arg.offset * 4);
      this.#splats.set(splatKey(arg), splat.keep("v128"));
      return;
    }
    if (this.#own.has(arg)) return;
    this.#pointer(this.#context.plan.placeOf(arg));
    if (arg.width !== this.#pass.width && !this.#columns.has(arg)) this.#columns.set(arg, body.local("v128"));
  }

  #pointer(place: Place): number {
    const key = `${this.#context.frame.base(place.buffer)} ${place.shift}`;
    const known = this.#pointers.get(key);
    if (known !== undefined) return known.local;
    const local = this.#body.local("i32");
    this.#pointers.set(key, { local, place });
    return local;
  }

  #address(pointer: number, { j }: Column): FunctionBody {
    this.#body.get(pointer);
    return j === undefined ? this.#body : this.#body.get(j).op("i32.add");
  }

  // The local with four elements, or with one in every lane.
  #read(arg: Argument, column: Column, known: Map<Row, number>): number {
    const body = this.#body;
    if (arg.kind === "literal") {
      this.#number(arg.value);
      return body.keep("v128");
    }
    const load = column.whole ? "v128.load" : "v128.load32_splat";
    if (arg.kind === "vector") {
      if (arg.width === 1) return this.#splats.get(splatKey(arg)) as number;
      this.#address(this.#vectors.get(arg.node.id) as number, column).memory(load, arg.offset * 4 + column.bytes);
      return body.keep("v128");
    }
    const computed = known.get(arg) ?? this.#columns.get(arg);
    if (computed !== undefined) return computed;
    const place = this.#context.plan.placeOf(arg);
    this.#address(this.#pointer(place), column).memory(load, place.offset * 4 + column.bytes);
    const local = body.keep("v128");
    known.set(arg, local);
    return local;
  }

  #compute(row: ElementRow, read: (arg: Argument) => number): number {
    const { operation, args } = row;
    const body = this.#body;
    const truths = args.map((arg) => isTruth(arg));
    const number = (index: number): number => {
      const local = read(args[index] as Argument);
      if (truths[index] !== true) return local;
      body.get(local);
      this.#number(1).op("v128.and");
      return body.keep("v128");
    };
    const truth = (index: number): number => {
      const local = read(args[index] as Argument);
      if (truths[index] === true) return local;
      body.get(local);
      this.#number(0).op("f32x4.ne");
      return body.keep("v128");
    };
    const math = { body, frame: this.#context.frame, relaxed: this.#context.relaxed };
    switch (operation) {
      case "copy":
        return read(args[0] as Argument);
      case "truth":
        return truth(0);
      case "number":
        return number(0);
      case "exp":
        return emitExp(math, number(0));
      case "log":
        return emitLog(math, number(0));
      case "tanh":
        return emitTanh(math, number(0));
      case "sigmoid":
        return emitSigmoid(math, number(0));
      case "relu":
        body.get(number(0));
        this.#number(0).op("f32x4.max");
        return body.keep("v128");
      case "sign": {
        const x = number(0);
        this.#number(1);
        this.#number(-1).get(x).get(x);
        this.#number(0).op("f32x4.lt").op("v128.bitselect").get(x);
        this.#number(0).op("f32x4.gt").op("v128.bitselect");
        return body.keep("v128");
      }
      case "where": {
        const [mask, a, b] = row.truth ? [truth(0), truth(1), truth(2)] : [truth(0), number(1), number(2)];
        body.get(a).get(b).get(mask).op("v128.bitselect");
        return body.keep("v128");
      }
      case "minimum":
      case "maximum":
        if (!row.truth) break;
        for (const index of [0, 1]) body.get(truth(index));
        body.op(operation === "minimum" ? "v128.and" : "v128.or");
        return body.keep("v128");
      default:
    }
    const locals = args.map((_, index) => number(index));
    if (perElement.has(operation)) return this.#perElement(operation, locals);
    for (const local of locals) body.get(local);
    body.op(simple[operation] as Instruction);
    return body.keep("v128");
  }

  // Four times a number.
  #number(value: number): FunctionBody {
    return this.#body.get(0).memory("v128.load32_splat", this.#context.frame.constant(value));
  }

  // Functions without a vector form, lane by lane in JavaScript, as the backend computes them.
  #perElement(name: string, operands: readonly number[]): number {
    const body = this.#body;
    const local = body.local("v128");
    const call = this.#context.mathFunction(name);
    for (let lane = 0; lane < 4; lane++) {
      body.get(local);
      for (const operand of operands) body.get(operand).op("f32x4.extract_lane", lane).op("f64.promote_f32");
      body.op("call", call).op("f32.demote_f64").op("f32x4.replace_lane", lane).set(local);
    }
    return local;
  }
}

function isTruth(arg: Argument): boolean {
  return arg.kind === "element" && arg.truth;
}

function splatKey(arg: Vector): string {
  return `${arg.node.id}+${arg.offset}`;
}
