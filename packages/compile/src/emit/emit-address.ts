import type { Place } from "../plan/plan.js";
import type { Frame } from "./frame.js";
import type { FunctionBody } from "./wasm-writer.js";

/** Locals that say which row of which step. */
export interface At {
  readonly frame: number;
  readonly t: number;
  readonly row: number;
}

/** Puts the address of a row on the stack; the columns' offset is left to the reader. */
export function emitAddress(body: FunctionBody, frame: Frame, { buffer, shift }: Place, at: At): void {
  const base = frame.base(buffer);
  body.get(at.frame).memory("i32.load", base);
  if (buffer.extent !== "one") {
    body.get(at.t).integer(shift).op("i32.add");
    if (buffer.extent === "two") body.integer(1).op("i32.and");
    body
      .get(at.frame)
      .memory("i32.load", base + 4)
      .op("i32.mul")
      .op("i32.add");
  }
  body
    .get(at.row)
    .get(at.frame)
    .memory("i32.load", base + 8)
    .op("i32.mul")
    .op("i32.add");
}
