import { constant, dropoutMask, Parameter, pytorchUniform, type ParameterSpec } from "@unroll/nn";
import { sameShape, Tensor, zeros, type DType, type Generator } from "@unroll/tensor";

import { mapState, type Cell, type CellSizes, type CellState } from "../cell.js";
import { CellError } from "../error.js";
import { isRecord } from "../is-record.js";
import { showValue } from "../show-value.js";
import { checkResult, type ResultWidths } from "./check-result.js";
import { MaskedWeight } from "./recurrent-dropout.js";
import type { Step } from "./run-layer.js";
import type { UnrollOptions } from "./unroll-options.js";
import { withZoneout, type Zoneout, type ZoneoutDraw } from "./zoneout.js";

/** Where a track stands in its stack. */
export interface TrackPlace extends CellSizes {
  readonly layer: number;
  readonly reverse: boolean;
  /** Of its parameters' names: `_l0`, `_l0_reverse`, … */
  readonly suffix: string;
}

/** One layer in one direction: a cell, and what it has learned. */
export class Track {
  readonly cell: Cell;
  readonly place: TrackPlace;
  /** By camelCase name, as the cell knows them. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Learned initial states by name; empty unless asked for. */
  readonly initial: ReadonlyMap<string, Parameter>;
  readonly #options: UnrollOptions;
  readonly #widths: ResultWidths;

  /** @throws CellError `option` for recurrent dropout without a recurrent weight. */
  constructor(cell: Cell, place: TrackPlace, options: UnrollOptions) {
    this.cell = cell;
    this.place = place;
    this.#options = options;
    const sizes = cell.stateSizes(place);
    this.#widths = {
      name: cell.name,
      output: cell.outputSize(place),
      states: Object.fromEntries(cell.state.map((name) => [name, sizes[name] as number])),
    };
    const { dtype = "float32" } = options;
    const own = (spec: ParameterSpec): Parameter =>
      new Parameter({
        ...spec,
        dtype,
        ...(options.initializers === "pytorch" && { initializer: pytorchUniform(place.hiddenSize) }),
      });
    this.parameters = new Map(Object.entries(cell.parameters(place)).map(([name, spec]) => [name, own(spec)]));
    this.initial = new Map(
      options.initialState === "learned"
        ? Object.entries(cell.stateSizes(place)).map(([name, size]) => [
            name,
            new Parameter({ shape: [size], initializer: constant(0), dtype }),
          ])
        : [],
    );
    if ((options.recurrentDropout ?? 0) > 0 && !this.parameters.has("weightHh")) {
      throw new CellError(
        "option",
        `unroll: recurrentDropout needs a cell with weightHh, and ${cell.name} has none; leave it out`,
      );
    }
  }

  /** Parameters under the names PyTorch gives them: weightIh of layer 0 is `weight_ih_l0`. */
  *named(): Iterable<readonly [string, Parameter]> {
    const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    for (const [name, parameter] of this.parameters) yield [snake(name) + this.place.suffix, parameter];
    for (const [name, parameter] of this.initial) yield [`initial_${snake(name)}${this.place.suffix}`, parameter];
  }

  /** Zeros `[batch, width]` for every state. */
  zeroState(batch: number, dtype: DType): CellState {
    const sizes = this.cell.stateSizes(this.place);
    return Object.fromEntries(this.cell.state.map((name) => [name, zeros([batch, sizes[name] as number], { dtype })]));
  }

  /** What a sequence starts from: the learned state of every row, or zeros. */
  startState(batch: number, dtype: DType): CellState {
    return mapState(
      this.zeroState(batch, dtype),
      (nothing, name) => this.initial.get(name)?.value.broadcastTo(nothing.shape) ?? nothing,
    );
  }

  /** @throws CellError `shape` unless the state has the cell's names, no others, and widths for `batch` rows. */
  checkState(state: unknown, batch: number): void {
    const { states } = this.#widths;
    const own = this.place.suffix.slice(1);
    const refuse = (rule: string, got: unknown): never => {
      throw new CellError("shape", `unroll: ${rule}, got ${showValue(got)}`);
    };
    if (!isRecord(state)) return refuse(`the state of ${own} must be a record of ${Object.keys(states).join(", ")}`, state);
    for (const [name, size] of Object.entries(states)) {
      const got = state[name];
      const fits = Tensor.isTensor(got) && sameShape(got.shape, [batch, size]);
      if (!fits) refuse(`state ${name} of ${own} must be [${batch}, ${size}]`, got);
    }
    const other = Object.keys(state).find((name) => !Object.hasOwn(states, name));
    if (other !== undefined) refuse(`the state of ${own} must have no names but ${Object.keys(states).join(", ")}`, other);
  }

  /** The values of its parameters at this moment. */
  values(): Record<string, Tensor> {
    const values: Record<string, Tensor> = {};
    for (const [name, parameter] of this.parameters) values[name] = parameter.value;
    return values;
  }

  /** Recurrent dropout for a whole sequence: a mask `[batch, width]` per gate, or none. Without a generator, as in evaluation, none. */
  dropoutMasks(batch: number, generator: Generator | undefined): Tensor[] {
    const { recurrentDropout = 0 } = this.#options;
    if (generator === undefined || recurrentDropout === 0) return [];
    const { shape, dtype } = (this.parameters.get("weightHh") as Parameter).value;
    const blocks = shape.length === 1 ? 1 : this.cell.gates.length;
    return Array.from({ length: blocks }, () =>
      dropoutMask([batch, shape.at(-1) as number], { rate: recurrentDropout, generator, dtype }),
    );
  }

  /** What zoneout draws from for one step. */
  get zoneout(): Zoneout | undefined {
    return this.#options.zoneout;
  }

  /**
   * The cell's step, with what training adds to it.
   *
   * @throws CellError `result` when it runs, unless the cell gives an output and states of its own names and widths.
   */
  step(values: Readonly<Record<string, Tensor>>, { masks, draw }: Chance): Step {
    const weight = values["weightHh"];
    const parameters =
      masks.length === 0 || weight === undefined
        ? values
        : { ...values, weightHh: new MaskedWeight({ weight, masks, transposed: false }) };
    const step: Step = (x, state) => checkResult(this.cell.step(parameters, x, state), x, this.#widths);
    return this.zoneout === undefined ? step : withZoneout(step, this.zoneout, draw);
  }
}

/** What chance adds to a step. */
export interface Chance {
  /** Of recurrent dropout. */
  readonly masks: readonly Tensor[];
  /** Of zoneout; its expectation when undefined. */
  readonly draw: ZoneoutDraw | undefined;
}
