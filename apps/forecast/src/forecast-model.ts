import { unroll, type Cell, type Unrolled } from "@unroll/cells";
import { Linear, Module } from "@unroll/nn";
import { concat, tensor, type Tensor } from "@unroll/tensor";

/** Sizes of a {@link ForecastModel}, in rows of the series. */
export interface ForecastModelOptions {
  readonly cell: Cell;
  readonly hidden: number;
  readonly layers: number;
  /** Names of what it reads; the target comes first. */
  readonly inputNames: readonly string[];
  /** Which of them are in the unit of the target. */
  readonly inTargetUnit: (name: string) => boolean;
  /** Rows of a season; 1 for none. */
  readonly season: number;
  readonly horizon: number;
  /** Rows read at one step of the network. */
  readonly rowsPerStep: number;
}

/**
 * Forecasts all steps at once from the last hidden state, as a correction of the seasonal naive forecast: a model that has
 * learned nothing repeats the last season. What is in the unit of the target is read relative to the mean of that season,
 * so that a trend never leads out of the range that was trained on.
 */
export class ForecastModel extends Module {
  readonly rnn: Unrolled;
  readonly head: Linear;
  readonly #relative: Tensor;
  readonly #options: ForecastModelOptions;

  constructor(options: ForecastModelOptions) {
    super();
    const { cell, hidden, layers, inputNames, inTargetUnit, rowsPerStep, horizon } = options;
    this.rnn = unroll(cell, { inputSize: inputNames.length * rowsPerStep, hiddenSize: hidden, layers });
    this.head = new Linear(this.rnn.outputSize, horizon);
    this.#relative = tensor(inputNames.map((name) => Number(inTargetUnit(name))));
    this.#options = options;
  }

  /** @param inputs - `[batch, length, inputs]`, length a multiple of `rowsPerStep` and at least a season; gives `[batch, horizon]`. */
  forward(inputs: Tensor): Tensor {
    const { season, horizon, rowsPerStep } = this.#options;
    const [batch, length, width] = inputs.shape as [number, number, number];
    const lastSeason = inputs.slice({ axis: 2, start: 0, stop: 1 }).slice({ axis: 1, start: -season }).reshape([batch, season]);
    const level = lastSeason.mean({ axes: 1 });
    const relative = inputs.sub(level.reshape([batch, 1, 1]).mul(this.#relative));
    const steps = relative.reshape([batch, length / rowsPerStep, rowsPerStep * width]);
    const seasons = Array.from({ length: Math.ceil(horizon / season) }, () => lastSeason);
    const repeated = concat(seasons, { axis: 1 }).slice({ axis: 1, start: 0, stop: horizon });
    return repeated.add(this.head.forward(this.rnn.forward(steps).last));
  }
}
