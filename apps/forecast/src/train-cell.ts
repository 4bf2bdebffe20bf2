import { fit, forecast, TrainingError } from "@unroll/bptt";
import { checkModelSize, UserError } from "@unroll/command-line";
import { windowBatch, windowBatches } from "@unroll/data";
import { meanAbsoluteError } from "@unroll/nn";
import { adam, cosineDecay } from "@unroll/optim";
import { scope, type Tensor } from "@unroll/tensor";

import { ForecastModel } from "./forecast-model.js";
import { cells, type CellName, type ForecastOptions } from "./forecast-options.js";
import { longSeason, windowAt, windowsBetween, type ForecastTask } from "./forecast-task.js";
import type { Forecaster } from "./forecaster.js";

/** What is heard after each update. */
export interface TrainingProgress {
  /** 0 to 1. */
  readonly done: number;
  readonly epoch: number;
  /** Mean absolute error in the unit of the target, on the validation part after the last epoch. */
  readonly validation: number | undefined;
}

/** Trains a cell on the training part; of all epochs, the weights that did best on the validation part are kept. */
export async function trainCell(
  name: CellName,
  task: ForecastTask,
  { hidden, layers, learningRate, seed, ...options }: ForecastOptions,
  onProgress: (progress: TrainingProgress) => void,
): Promise<Forecaster> {
  const { season, horizon, target, validationStart, testStart, scaler } = task;
  const started = performance.now();
  const training = windowsBetween(task, 0, validationStart);
  const validating = windowsBetween(task, validationStart, testStart);
  const model = new ForecastModel({
    cell: cells[name],
    hidden,
    layers,
    inputNames: training.inputNames,
    inTargetUnit: (input) => input === target || input.startsWith(`${target}@`),
    season,
    horizon,
    rowsPerStep: season <= longSeason ? season : 1,
  });
  checkModelSize(model);
  model.initialize({ seed });
  const batch = Math.min(options.batch, training.length);
  const stepsPerEpoch = Math.ceil(training.length / batch);
  const epochs = options.epochs ?? Math.min(100, Math.ceil(1300 / stepsPerEpoch));
  const steps = epochs * stepsPerEpoch;
  const [low = 0, high = 1] = scaler.inverseForecast(target, [0, 1], []);
  let validation: number | undefined;
  try {
    await fit(model, (epoch) => windowBatches(training, { batchSize: batch, shuffle: { seed, epoch } }), {
      loss: (predictions: Tensor, targets: Tensor) => meanAbsoluteError(predictions, targets.reshape(predictions.shape)),
      optimizer: adam({ learningRate: cosineDecay(learningRate, { steps, minimum: learningRate / 50 }) }),
      clip: { maxNorm: 1 },
      epochs,
      validation: { batches: windowBatches(validating, { batchSize: 256 }) },
      earlyStopping: { patience: Math.max(5, Math.ceil(epochs / 4)) },
      onStep: ({ step, epoch }) => onProgress({ done: step / steps, epoch: epoch + 1, validation }),
      onValidation: ({ loss }) => {
        validation = loss * (high - low);
      },
    });
  } catch (error) {
    throw error instanceof TrainingError
      ? new UserError(`${name}: ${error.message}. A smaller --learning-rate may help.`)
      : error;
  }
  const all = windowsBetween(task, 0, task.scaled.length);
  return {
    name,
    kind: "cell",
    seconds: (performance.now() - started) / 1000,
    forecast: (origins) => {
      const scaled = scope(() => {
        const { inputs } = windowBatch(
          all,
          origins.map((origin) => windowAt(task, origin)),
        );
        return Float64Array.from(forecast(model, inputs, { steps: horizon, strategy: "direct" }).values.toTypedArray());
      });
      return origins.map((_, row) => scaler.inverseForecast(target, scaled.subarray(row * horizon, (row + 1) * horizon), []));
    },
  };
}
