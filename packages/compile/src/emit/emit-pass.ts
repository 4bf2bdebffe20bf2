import type { PassOperation, Place, ProgramPlan } from "../plan/plan.js";
import type { Argument, ElementOperation, ElementRow, Row, Vector } from "../rows/row.js";
import { emitAddress } from "./emit-address.js";
import type { Frame } from "./frame.js";
import { Lanes, type Vectors } from "./lanes.js";
import { emitExp, emitLog, emitSigmoid, emitTanh } from "./vector-math.js";
import { FunctionBody, type Instruction } from "./wasm-writer.js";

/** What an emitter needs to know. */
export interface EmitContext {
  readonly plan: ProgramPlan;
  readonly frame: Frame;
  readonly relaxed: boolean;
  /** Index of a kernel for four elements, one of {@link calledFunctions}. */
  functionOf(name: string): number;
}

/** Operations that are too long to be written out: the kernels compute them, four elements at a call. */
export const calledFunctions: ReadonlySet<ElementOperation> = new Set(["expm1", "log1p", "sin", "cos", "pow"]);

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

// A group of columns that is computed at once.
interface Column {
  /** From the beginning of the row, or from where a loop has got to. */
  readonly bytes: number;
  /** Four elements, or one. */
  readonly whole: boolean;
}

interface Reading {
  readonly columns: readonly Column[];
  readonly lanes: Lanes;
  /** What has been read and computed. */
  readonly known: Map<Row, Vectors>;
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
  // In a loop over columns, where a row's pointers have got to: both groups of columns start from there.
  readonly #moved = new Map<number, number>();
  // In a loop whose addresses are computed each for itself, how far it has got.
  #apart: number | undefined;
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

  // Eight columns a turn, in two groups that engines can pair, then four, then one by one. With calls four a turn, and nothing that looks
  // like a pair: V8 ends the process where it pairs what a call reads.
  #emitColumns(width: number): void {
    const calls = this.#pass.rows.some(({ operation }) => calledFunctions.has(operation));
    const groups = (calls ? [0] : [0, 16]).map((bytes): Column => ({ bytes, whole: true }));
    const columns = groups.length * 4;
    const turns = Math.floor(width / columns);
    if (turns > 1 || (calls && turns > 0)) this.#emitLoop(groups, { turns, calls });
    else if (turns === 1) this.#emitElements(groups);
    let done = turns * columns;
    if (width - done >= 4) {
      this.#emitElements([{ bytes: done * 4, whole: true }]);
      done += 4;
    }
    for (; done < width; done++) this.#emitElements([{ bytes: done * 4, whole: false }]);
  }

  #emitLoop(groups: readonly Column[], { turns, calls }: { readonly turns: number; readonly calls: boolean }): void {
    const body = this.#body;
    const step = groups.length * 16;
    const j = body.local("i32");
    body.integer(0).set(j).open("loop");
    if (calls) this.#apart = j;
    else {
      for (const pointer of [...[...this.#pointers.values()].map(({ local }) => local), ...this.#vectors.values()]) {
        this.#moved.set(pointer, body.get(pointer).get(j).op("i32.add").keep("i32"));
      }
    }
    this.#emitElements(groups);
    this.#moved.clear();
    this.#apart = undefined;
    body
      .get(j)
      .integer(step)
      .op("i32.add")
      .op("local.tee", j)
      .integer(turns * step)
      .op("i32.lt_s")
      .op("br_if", 0)
      .op("end");
  }

  // Where a row's pointer, or that of a vector, has got to.
  #address(pointer: number): FunctionBody {
    const body = this.#body.get(this.#moved.get(pointer) ?? pointer);
    return this.#apart === undefined ? body : body.get(this.#apart).op("i32.add");
  }

  // All that is read of these columns is read before anything is written there: one may lie over the other.
  #emitElements(columns: readonly Column[]): void {
    const { frame, relaxed } = this.#context;
    const body = this.#body;
    const lanes = new Lanes(body, { frame, relaxed, groups: columns.length });
    const known = new Map<Row, Vectors>();
    const read = (arg: Argument): Vectors => this.#read(arg, { columns, lanes, known });
    for (const row of this.#pass.rows) known.set(row, this.#compute(row, { lanes, read }));
    for (const { row, places } of this.#pass.stores) {
      for (const place of places) {
        const pointer = this.#pointer(place);
        columns.forEach(({ bytes, whole }, group) => {
          this.#address(pointer).get(known.get(row)?.[group] as number);
          if (whole) body.memory("v128.store", place.offset * 4 + bytes);
          else body.memory("v128.store32_lane", place.offset * 4 + bytes, 0);
        });
      }
    }
    lanes.empty();
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

  // Four elements for each group of columns, or one in every lane.
  #read(arg: Argument, { columns, lanes, known }: Reading): Vectors {
    const load = (pointer: number, offset: number): Vectors =>
      lanes.each((group) => {
        const { bytes, whole } = columns[group] as Column;
        this.#address(pointer).memory(whole ? "v128.load" : "v128.load32_splat", offset * 4 + bytes);
      });
    if (arg.kind === "literal") return lanes.number(arg.value);
    if (arg.kind === "vector") {
      if (arg.width === 1) return columns.map(() => this.#splats.get(splatKey(arg)) as number);
      return load(this.#vectors.get(arg.node.id) as number, arg.offset);
    }
    const column = this.#columns.get(arg);
    const computed = known.get(arg) ?? (column === undefined ? undefined : columns.map(() => column));
    if (computed !== undefined) return computed;
    const place = this.#context.plan.placeOf(arg);
    const vectors = load(this.#pointer(place), place.offset);
    known.set(arg, vectors);
    return vectors;
  }

  #compute(row: ElementRow, { lanes, read }: { readonly lanes: Lanes; readonly read: (arg: Argument) => Vectors }): Vectors {
    const { operation, args } = row;
    const number = (index: number): Vectors => {
      const arg = args[index] as Argument;
      return isTruth(arg) ? lanes.and(read(arg), lanes.number(1)) : read(arg);
    };
    const truth = (index: number): Vectors => {
      const arg = args[index] as Argument;
      return isTruth(arg) ? read(arg) : lanes.apply("f32x4.ne", read(arg), lanes.number(0));
    };
    switch (operation) {
      case "copy":
        return read(args[0] as Argument);
      case "truth":
        return truth(0);
      case "number":
        return number(0);
      case "exp":
        return emitExp(lanes, number(0));
      case "log":
        return emitLog(lanes, number(0));
      case "tanh":
        return emitTanh(lanes, number(0));
      case "sigmoid":
        return emitSigmoid(lanes, number(0));
      case "relu": {
        const x = number(0);
        return lanes.apply("v128.andnot", x, lanes.apply("f32x4.le", x, lanes.number(0)));
      }
      case "sign": {
        const x = number(0);
        const signed = lanes.select(x, lanes.number(1), lanes.number(-0));
        return lanes.select(signed, x, lanes.apply("f32x4.gt", lanes.apply("f32x4.abs", x), lanes.number(0)));
      }
      case "where": {
        const [mask, a, b] = row.truth ? [truth(0), truth(1), truth(2)] : [truth(0), number(1), number(2)];
        return lanes.select(a, b, mask);
      }
      case "minimum":
      case "maximum":
        if (!row.truth) break;
        return lanes.apply(operation === "minimum" ? "v128.and" : "v128.or", truth(0), truth(1));
      default:
    }
    const operands = args.map((_, index) => number(index));
    if (calledFunctions.has(operation)) return lanes.call(this.#context.functionOf(operation), ...operands);
    return lanes.apply(simple[operation] as Instruction, ...operands);
  }
}

function isTruth(arg: Argument): boolean {
  return arg.kind === "element" && arg.truth;
}

function splatKey(arg: Vector): string {
  return `${arg.node.id}+${arg.offset}`;
}
