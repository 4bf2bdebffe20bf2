import { Tape, type Variable } from "@unroll/autograd";
import type { Optimizer } from "@unroll/optim";
import { withBoundParameters } from "@unroll/nn";
import { scope, type Tensor } from "@unroll/tensor";

import { hasTargetPerStep, lossMask, type Batch } from "../batch.js";
import { enterEvaluation } from "../evaluation-mode.js";
import type { Loss } from "../fit-options.js";
import { runModel } from "../run-documents.js";
import type { ModelState, SequenceModel } from "../sequence-model.js";
import { spectralRadius } from "./spectral-radius.js";
import { recurrentLayers, watchSteps, type RecurrentLayer, type WatchedStep } from "./watch-steps.js";

/** What {@link gradientFlow} differentiates. */
export interface GradientFlowOptions<S> {
  readonly loss: Loss;
  /** The loss of the last step alone (default), which shows how far back an error reaches, or that of every step. */
  readonly lossAt?: "last" | "every";
  /** State before the batch; the model's own start when left out. */
  readonly state?: ModelState;
  /** Measures the size of an update, from `optimizerState` or the first. */
  readonly optimizer?: Optimizer<S>;
  readonly optimizerState?: S;
}

/** One gate of a layer. */
export interface GateFlow {
  /** Norm of the gradient of the loss for the gate's activation, at each time step. */
  readonly gradient: readonly number[];
  /** Share of its units beyond 0.95 of their range, in either direction, at each time step. */
  readonly saturation: readonly number[];
}

/** One layer in one direction. */
export interface LayerFlow {
  /** As `rnn.l0`. */
  readonly name: string;
  /** Norm of the gradient of the loss for each state (`h`, `c`, …), at each time step. */
  readonly state: Readonly<Record<string, readonly number[]>>;
  /** Where the cell shows them. */
  readonly gates: Readonly<Record<string, GateFlow>>;
  /** Of each gate's block of the recurrent weight, where that is square: above 1, gradients may explode; below, they vanish. */
  readonly spectralRadius: Readonly<Record<string, number>>;
}

/** One parameter. */
export interface ParameterFlow {
  readonly name: string;
  readonly weightNorm: number;
  readonly gradientNorm: number;
  /** Norm of the next update over that of the weight; only with an optimizer, and not for a weight of zeros. */
  readonly updateRatio?: number;
}

/** How a gradient flows back through time. Plain data: `JSON.stringify` exports it, with null for what is not finite. */
export interface GradientFlow {
  readonly time: number;
  readonly loss: number;
  readonly layers: readonly LayerFlow[];
  readonly parameters: readonly ParameterFlow[];
}

/**
 * Runs a model over a batch, walks the loss back and measures what arrives where: vanishing and exploding gradients in
 * numbers. Every layer made by `unroll` is measured, of whatever cell. Dropout is off.
 *
 * @throws TrainingError `model` when the model has no such layer.
 */
export function gradientFlow<S>(model: SequenceModel, batch: Batch, options: GradientFlowOptions<S>): GradientFlow {
  const restore = enterEvaluation(model);
  try {
    return scope(() => measureFlow(model, batch, options));
  } finally {
    restore();
  }
}

function measureFlow<S>(model: SequenceModel, batch: Batch, options: GradientFlowOptions<S>): GradientFlow {
  const tape = new Tape();
  const parameters = [...model.parameters()];
  const variables = parameters.map(([, parameter]) => tape.variable(parameter.value));
  const steps: WatchedStep[] = [];
  const { loss, recorded, found } = withBoundParameters(model.parameters().values(), variables, () => {
    const loss = watchSteps(
      model,
      (step) => steps.push(step),
      () => lossOf(model, batch, options),
    );
    const watched = [...new Set(steps.flatMap(({ state, gates }) => [...Object.values(state), ...Object.values(gates)]))];
    const recorded = watched.filter((x): x is Variable => x.interpreter === tape);
    return { loss, recorded, found: tape.gradients(loss, [...variables, ...recorded], { unused: "zeros" }) };
  });
  const norms = new Map<Tensor, number>(recorded.map((x, index) => [x, norm(found[variables.length + index] as Tensor)]));
  const gradients = Object.fromEntries(parameters.map(([name], index) => [name, found[index] as Tensor]));
  return {
    time: Math.max(...steps.map(({ time }) => time)) + 1,
    loss: loss.item(),
    layers: recurrentLayers(model).map((layer) =>
      layerFlow(layer, { steps: steps.filter((step) => step.layer === layer.name), norms }),
    ),
    parameters: parameterFlows(
      Object.fromEntries(parameters.map(([name, parameter]) => [name, parameter.value])),
      gradients,
      options,
    ),
  };
}

function lossOf<S>(model: SequenceModel, batch: Batch, { loss, lossAt = "last", state }: GradientFlowOptions<S>): Tensor {
  const { prediction } = runModel(model, batch, state);
  const mask = lossMask(batch, batch.targets.shape[1] ?? 1);
  if (lossAt === "every" || !hasTargetPerStep(batch)) return loss(prediction, batch.targets, mask === undefined ? {} : { mask });
  const last = { axis: 1, start: -1 } as const;
  return loss(prediction.slice(last), batch.targets.slice(last), mask === undefined ? {} : { mask: mask.slice(last) });
}

function layerFlow(
  { name, gates, parameters }: RecurrentLayer,
  { steps, norms }: { readonly steps: readonly WatchedStep[]; readonly norms: ReadonlyMap<Tensor, number> },
): LayerFlow {
  const inTime = [...steps].sort((a, b) => a.time - b.time);
  const first = inTime[0];
  const gradientOf = (read: (step: WatchedStep) => Tensor | undefined): number[] =>
    inTime.map((step) => norms.get(read(step) as Tensor) ?? 0);
  return {
    name,
    state: Object.fromEntries(Object.keys(first?.state ?? {}).map((key) => [key, gradientOf(({ state }) => state[key])])),
    gates: Object.fromEntries(
      Object.keys(first?.gates ?? {}).map((gate) => {
        const saturation = saturationOf(inTime.map((step) => step.gates[gate] as Tensor));
        const gradient = gradientOf((step) => step.gates[gate]);
        return [gate, { gradient, saturation }];
      }),
    ),
    spectralRadius: gateRadii(gates, parameters.get("weightHh")?.value),
  };
}

// A gate that never leaves 0..1 closes at 0; one that does, as tanh, has its ends at -1 and 1.
function saturationOf(activations: readonly Tensor[]): number[] {
  const values = activations.map((x) => Array.from(x.toTypedArray()));
  const lowest = values.some((step) => step.some((value) => value < 0)) ? -0.95 : 0.05;
  return values.map((step) => step.filter((value) => value < lowest || value > 0.95).length / step.length);
}

function gateRadii(gates: readonly string[], weight: Tensor | undefined): Readonly<Record<string, number>> {
  if (weight?.rank !== 2) return {};
  const [rows, columns] = weight.shape as [number, number];
  if (rows !== gates.length * columns) return {};
  const flat = Float64Array.from(weight.toTypedArray());
  const size = columns * columns;
  return Object.fromEntries(gates.map((gate, block) => [gate, spectralRadius(flat.subarray(block * size, (block + 1) * size))]));
}

function parameterFlows<S>(
  weights: Readonly<Record<string, Tensor>>,
  gradients: Readonly<Record<string, Tensor>>,
  { optimizer, optimizerState }: GradientFlowOptions<S>,
): ParameterFlow[] {
  const updated = optimizer?.update(gradients, optimizerState ?? optimizer.init(weights), weights).parameters;
  return Object.entries(weights).map(([name, weight]) => {
    const weightNorm = norm(weight);
    const moved = updated?.[name];
    const updateRatio = moved === undefined || weightNorm === 0 ? undefined : norm(moved.sub(weight)) / weightNorm;
    return { name, weightNorm, gradientNorm: norm(gradients[name] as Tensor), ...(updateRatio !== undefined && { updateRatio }) };
  });
}

function norm(x: Tensor): number {
  return Math.sqrt(x.square().sum().item());
}
