import { fail } from "../error.js";
import { PickledCall, PickledName, PickledReference, type PickledValue } from "./pickle-values.js";

const mark = Symbol("mark");

/** What {@link unpickle} accepts. */
export interface UnpickleOptions {
  /** Whether a name, as `module.name`, may be referred to; anything else ends the reading. */
  readonly allows: (path: string) => boolean;
}

/**
 * Reads the part of Python's pickle format (PEP 307, protocols 2 to 4) in which plain data is written. Nothing is
 * ever called: a call becomes a {@link PickledCall}. Time and memory grow with the length of the bytes alone.
 *
 * @throws SerializeError `format` with the byte at which the pickle is broken or holds more than data
 */
export function unpickle(bytes: Uint8Array, { allows }: UnpickleOptions): PickledValue {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const memo = new Map<number, PickledValue>();
  const stack: (PickledValue | typeof mark)[] = [];
  let position = 0;
  let opcodeAt = 0;

  const broken = (problem: string): never =>
    fail("format", `read PyTorch: ${problem} at byte ${opcodeAt} of the pickle; save model.state_dict() with torch.save`);
  const advance = (count: number): number => {
    const start = position;
    position += count;
    if (position > bytes.byteLength) broken("the pickle ends early");
    return start;
  };
  const text = (length: number): string => {
    const start = advance(length);
    return new TextDecoder().decode(bytes.subarray(start, position));
  };
  const line = (): string => {
    const end = bytes.indexOf(0x0a, position);
    if (end < 0) broken("the pickle ends early");
    const result = text(end - position);
    position++;
    return result;
  };
  const pop = (): PickledValue => {
    const value = stack.pop();
    return value === undefined || value === mark ? broken("a value is missing") : value;
  };
  const top = (): PickledValue => {
    const value = stack.at(-1);
    return value === undefined || value === mark ? broken("a value is missing") : value;
  };
  const popMark = (): PickledValue[] => {
    const start = stack.lastIndexOf(mark);
    if (start < 0) broken("a mark is missing");
    return stack.splice(start).slice(1) as PickledValue[];
  };
  const popMany = (count: number): PickledValue[] => Array.from({ length: count }, pop).reverse();
  const recall = (index: number): PickledValue => {
    const value = memo.get(index);
    return value === undefined ? broken(`nothing is remembered as ${index}`) : value;
  };
  const refer = (path: string): PickledName =>
    allows(path) ? new PickledName(path) : broken(`only plain data and tensors are read, got ${path}`);
  const named = (value: PickledValue): string => (typeof value === "string" ? value : broken("a name is missing"));
  const append = (items: readonly PickledValue[]): void => {
    const list = top();
    if (!Array.isArray(list)) return broken("a list is missing");
    for (const item of items) list.push(item);
  };
  const setItems = (items: readonly PickledValue[]): void => {
    const target = top();
    if (!(target instanceof Map) || items.length % 2 !== 0) return broken("a dictionary is missing");
    for (let index = 0; index < items.length; index += 2)
      target.set(items[index] as PickledValue, items[index + 1] as PickledValue);
  };
  const call = (name: PickledValue, args: PickledValue): PickledValue => {
    if (!(name instanceof PickledName) || !Array.isArray(args)) return broken("a call is malformed");
    if (name.path === "collections.OrderedDict" && args.length === 0) return new Map();
    return new PickledCall(name.path, args);
  };
  const longInteger = (length: number): number => {
    const start = advance(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[start + index] as number);
    const signed = Number(BigInt.asIntN(8 * length, value));
    return Number.isSafeInteger(signed) ? signed : broken("an integer is too large");
  };

  const opcodes: Readonly<Record<number, () => void>> = {
    0x80: () => void (data.getUint8(advance(1)) > 5 && broken("the protocol is too new")),
    0x95: () => void advance(8), // FRAME
    0x28: () => void stack.push(mark), // MARK
    0x4e: () => void stack.push(null), // NONE
    0x88: () => void stack.push(true), // NEWTRUE
    0x89: () => void stack.push(false), // NEWFALSE
    0x4a: () => void stack.push(data.getInt32(advance(4), true)), // BININT
    0x4b: () => void stack.push(data.getUint8(advance(1))), // BININT1
    0x4d: () => void stack.push(data.getUint16(advance(2), true)), // BININT2
    0x8a: () => void stack.push(longInteger(data.getUint8(advance(1)))), // LONG1
    0x47: () => void stack.push(data.getFloat64(advance(8), false)), // BINFLOAT
    0x58: () => void stack.push(text(data.getUint32(advance(4), true))), // BINUNICODE
    0x8c: () => void stack.push(text(data.getUint8(advance(1)))), // SHORT_BINUNICODE
    0x29: () => void stack.push([]), // EMPTY_TUPLE
    0x85: () => void stack.push(popMany(1)), // TUPLE1
    0x86: () => void stack.push(popMany(2)), // TUPLE2
    0x87: () => void stack.push(popMany(3)), // TUPLE3
    0x74: () => void stack.push(popMark()), // TUPLE
    0x5d: () => void stack.push([]), // EMPTY_LIST
    0x61: () => append([pop()]), // APPEND
    0x65: () => append(popMark()), // APPENDS
    0x7d: () => void stack.push(new Map()), // EMPTY_DICT
    0x73: () => setItems(popMany(2)), // SETITEM
    0x75: () => setItems(popMark()), // SETITEMS
    0x71: () => void memo.set(data.getUint8(advance(1)), top()), // BINPUT
    0x72: () => void memo.set(data.getUint32(advance(4), true), top()), // LONG_BINPUT
    0x94: () => void memo.set(memo.size, top()), // MEMOIZE
    0x68: () => void stack.push(recall(data.getUint8(advance(1)))), // BINGET
    0x6a: () => void stack.push(recall(data.getUint32(advance(4), true))), // LONG_BINGET
    0x63: () => void stack.push(refer(`${line()}.${line()}`)), // GLOBAL
    0x93: () => void stack.push(refer(popMany(2).map(named).join("."))), // STACK_GLOBAL
    0x51: () => void stack.push(new PickledReference(pop())), // BINPERSID
    0x52: () => {
      const [name, args] = popMany(2) as [PickledValue, PickledValue];
      stack.push(call(name, args)); // REDUCE
    },
    0x62: () => {
      pop(); // BUILD gives a state_dict attributes such as _metadata, which are no part of its content.
      if (!(top() instanceof Map)) broken("only dictionaries may have attributes");
    },
  };

  for (;;) {
    opcodeAt = position;
    const opcode = data.getUint8(advance(1));
    if (opcode === 0x2e) return pop(); // STOP
    const run = opcodes[opcode] ?? (() => broken(`only plain data and tensors are read, got opcode ${opcode}`));
    run();
  }
}
