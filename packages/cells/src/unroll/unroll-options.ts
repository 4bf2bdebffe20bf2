import type { Cell } from "../cell.js";
import { checkCell } from "../check-cell.js";
import { checkCount, oneOf } from "../check-options.js";
import type { Connection } from "./connection.js";
import { CellError } from "../error.js";
import { isRecord } from "../is-record.js";
import { showValue } from "../show-value.js";
import type { Merge } from "./merge.js";
import type { Zoneout } from "./zoneout.js";

/** Which way a layer reads the sequence. */
export type Direction = "forward" | "reverse" | "bidirectional";

/** Where one layer differs from the others of its stack. */
export interface LayerOptions {
  readonly cell?: Cell;
  readonly hiddenSize?: number;
  readonly connection?: Connection;
}

/** Sizes and shape of a stack of layers. */
export interface UnrollOptions {
  readonly inputSize: number;
  /** Width of every layer that does not have its own. */
  readonly hiddenSize: number;
  /** How many layers, default 1; or one record per layer. */
  readonly layers?: number | readonly LayerOptions[];
  /** Default `"forward"`. */
  readonly direction?: Direction;
  /** What becomes of both directions, default `"concat"`. */
  readonly merge?: Merge;
  /** What goes past every layer above the first, default `"none"`. */
  readonly connection?: Connection;
  /** What stands in the output where a row has ended: 0 (default), or its last output again (Keras). */
  readonly paddedOutput?: "zero" | "repeat";
  /** What a sequence starts from unless given a state: zeros (default), or learned vectors `initial_<state>_l<k>`. */
  readonly initialState?: "zero" | "learned";
  /** First values of the weights: what each cell says (default), or all uniform within 1 / sqrt(hiddenSize), as PyTorch does. */
  readonly initializers?: "cell" | "pytorch";
  /** Sequences come and go as `[time, batch, features]`, default false. Lengths, masks and states stay as they are. */
  readonly timeMajor?: boolean;
  /** While training: probability to drop an input feature, for a whole sequence. Default 0. */
  readonly inputDropout?: number;
  /** While training: probability to drop a unit of the state on its way into a gate, for a whole sequence, drawn per gate. Default 0. */
  readonly recurrentDropout?: number;
  /** While training: probability to drop an element between two layers. Default 0. */
  readonly dropout?: number;
  /** Probability of each state to stay as it was, by name; drawn while training, its expectation otherwise. */
  readonly zoneout?: Zoneout;
  /** Of the parameters, default float32. */
  readonly dtype?: "float32" | "float64";
  /**
   * `"compiled"` runs a layer over the whole sequence at once: as one program where the backend runs programs, which is the default there,
   * else as planned by its kernels. `"tape"` runs it step by step, as everything does that cannot be compiled. Both give the same.
   */
  readonly engine?: "compiled" | "tape";
}

/** One layer of a stack, every choice made. */
export interface LayerPlan {
  readonly cell: Cell;
  readonly hiddenSize: number;
  readonly connection: Connection;
  readonly merge: Merge;
}

const connections: readonly Connection[] = ["none", "residual", "highway"];

/**
 * What each layer of a stack is, from the first to the last.
 *
 * @throws CellError `option` for a size, count or probability out of its range, a choice that there is not, or what is no cell.
 */
export function planLayers(cell: Cell, options: UnrollOptions): LayerPlan[] {
  checkChoices(options);
  const { inputSize, hiddenSize, layers = 1, direction, merge = "concat", connection = "none" } = options;
  const list: readonly LayerOptions[] = Array.isArray(layers) ? layers : [];
  const count = Array.isArray(layers) ? layers.length : (layers as number);
  checkCount("unroll", "inputSize", inputSize);
  checkCount("unroll", "layers", count);
  const plans = Array.from({ length: count }, (_, layer): LayerPlan => {
    const own = list[layer] ?? {};
    checkLayer(own, layer);
    return {
      cell: own.cell ?? cell,
      hiddenSize: own.hiddenSize ?? hiddenSize,
      connection: own.connection ?? (layer === 0 ? "none" : connection),
      merge: merge === "none" && layer < count - 1 ? "concat" : merge,
    };
  });
  for (const plan of plans) {
    checkCell("unroll", plan.cell);
    checkCount("unroll", "hiddenSize", plan.hiddenSize);
  }
  if (merge === "none" && direction === "bidirectional" && plans.at(-1)?.connection !== "none") {
    throw new CellError(
      "option",
      'unroll: merge "none" keeps two outputs apart and leaves no place for a connection; merge otherwise',
    );
  }
  checkRates(plans, options);
  return plans;
}

function checkChoices(options: UnrollOptions): void {
  oneOf("unroll", options, {
    direction: ["forward", "reverse", "bidirectional"],
    merge: ["concat", "sum", "mul", "ave", "none"],
    connection: connections,
    paddedOutput: ["zero", "repeat"],
    initialState: ["zero", "learned"],
    initializers: ["cell", "pytorch"],
    timeMajor: [true, false],
    dtype: ["float32", "float64"],
    engine: ["compiled", "tape"],
  });
  const zoneout: unknown = options.zoneout;
  if (zoneout !== undefined && !isRecord(zoneout))
    throw new CellError(
      "option",
      `unroll: zoneout must be a record of rates by state, such as { h: 0.1 }, got ${showValue(zoneout)}`,
    );
}

function checkLayer(own: unknown, layer: number): void {
  if (!isRecord(own))
    throw new CellError("option", `unroll: each of layers must be a record, such as { hiddenSize: 8 }, got ${showValue(own)}`);
  oneOf<LayerOptions>(`unroll: layer ${layer}`, own, { connection: connections });
}

function checkRates(plans: readonly LayerPlan[], options: UnrollOptions): void {
  for (const option of ["inputDropout", "recurrentDropout", "dropout"] as const) {
    const rate = options[option] ?? 0;
    if (!(rate >= 0 && rate < 1)) throw new CellError("option", `unroll: ${option} must lie in [0, 1), got ${rate}`);
  }
  for (const [name, rate] of Object.entries(options.zoneout ?? {})) {
    if (!(rate >= 0 && rate <= 1)) throw new CellError("option", `unroll: zoneout of ${name} must lie in [0, 1], got ${rate}`);
    const without = plans.find(({ cell }) => !cell.state.includes(name))?.cell;
    if (without !== undefined) {
      throw new CellError("option", `unroll: zoneout names a state ${name}, but ${without.name} has ${without.state.join(", ")}`);
    }
  }
}
