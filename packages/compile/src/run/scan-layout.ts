import type { Frame } from "../emit/frame.js";
import type { Buffer, ScanPlan } from "../plan/plan.js";
import { chunkOf, chunksOf, streamedBuffers } from "./chunks.js";

/** Sizes of one run. */
export interface Extents {
  readonly time: number;
  readonly batch: number;
}

/** A buffer of a plan in memory. */
export interface BufferRoom {
  readonly buffer: Buffer;
  /** Whether it comes from outside. */
  readonly given: boolean;
  /** The word of the frame with its address; the next two hold bytes from step to step and from row to row. */
  readonly word: number;
  /** `[steps, batch, width]` */
  readonly shape: readonly [number, number, number];
  /** Elements into the scratch block; undefined for one that comes from outside, or outlives the run in a block of its own. */
  readonly offset: number | undefined;
  /** Bytes from step to step, in a buffer that holds one chunk of steps; 0 in all others. */
  readonly streamed: number;
}

/** What a buffer takes: `[steps, batch, width]`. */
export function bufferShape({ width, extent, extra }: Buffer, { time, batch }: Extents): readonly [number, number, number] {
  return [extent === "all" ? time + Number(extra) : extent === "two" ? 2 : 1, batch, width];
}

/** Where a step stands in a buffer that does not keep them all. */
export function slotOf({ extent }: Buffer, step: number): number {
  return extent === "one" ? 0 : extent === "two" ? step & 1 : step;
}

// Blocks of the scratch block begin at cache lines.
const cacheLine = 16;

/** What a layout depends on, beside its plan. */
export interface LayoutInputs extends Extents {
  /** Buffers that come from outside. */
  readonly given: ReadonlyMap<Buffer, unknown>;
}

/** How memory is laid out for one number of steps and rows: decided once, filled in at each run. */
export class ScanLayout {
  readonly time: number;
  readonly batch: number;
  readonly rooms: readonly BufferRoom[];
  /** Steps that run before the loop and in it before the next ones do, in the order of reading. */
  readonly chunks: readonly (readonly [from: number, to: number])[];
  /** Elements of the block that ends with the run: the frame, then whatever nobody needs afterwards. */
  readonly scratch: number;
  /** The frame; a run fills in its addresses. */
  readonly words: Uint32Array;

  constructor(plan: ScanPlan, frame: Frame, { time, batch, given }: LayoutInputs) {
    this.time = time;
    this.batch = batch;
    const constants = frame.firstConstant / 4;
    const chunk = chunkOf(plan, { time, batch });
    this.chunks = chunksOf(time, chunk, plan.name === "backward");
    const streamed = streamedBuffers(plan);
    this.words = new Uint32Array(constants + frame.constants.length);
    this.words.set(frame.constants, constants);
    let end = this.words.length;
    this.rooms = frame.buffers.map((buffer): BufferRoom => {
      const holds = streamed.has(buffer) ? chunk : time;
      const shape = bufferShape(buffer, { time: holds, batch });
      const [steps, , width] = shape;
      const word = frame.base(buffer) / 4;
      this.words[word + 1] = batch * width * 4;
      this.words[word + 2] = width * 4;
      const room = { buffer, word, shape, given: given.has(buffer) };
      if (room.given || plan.results.has(buffer)) return { ...room, offset: undefined, streamed: 0 };
      const offset = Math.ceil(end / cacheLine) * cacheLine;
      end = offset + steps * batch * width;
      return { ...room, offset, streamed: holds < time ? batch * width * 4 : 0 };
    });
    this.scratch = end;
  }

  /** Whether it is the layout for these sizes, with these buffers from outside. */
  fits({ time, batch, given }: LayoutInputs): boolean {
    return this.time === time && this.batch === batch && this.rooms.every((room) => room.given === given.has(room.buffer));
  }
}
