import { stopGradient } from "@unroll/autograd";
import { blocks, constant, glorotUniform, orthogonal, uniformWithin, type ParameterSpec } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { affine } from "./affine.js";
import { biases, leftOutBiases, type Bias, type OptionallyBiased } from "./bias.js";
import { defineCell, type Cell, type CellSizes } from "../cell.js";
import { checkCount, checkLimits, oneOf } from "../check-options.js";
import { activateGate, clip, gateActivations, type GateActivation } from "./gate-activation.js";

/** What an LSTM can be. */
export interface LstmOptions {
  /** Initial value of the forget gate's bias (Gers et al. 2000), default 1. It is stored, never added at run time. */
  readonly forgetBias?: number;
  /**
   * Lets the gates read the cell state: `"diagonal"` each its own unit (Gers and Schmidhuber 2000, ONNX `P`), `"full"` all of
   * it. i and f read c_(t-1), o reads c_t. Default false.
   */
  readonly peephole?: false | "diagonal" | "full";
  /** `"truncated"` stops gradients in the peepholes, as the first trainings did; default `"full"`. */
  readonly peepholeGradient?: "full" | "truncated";
  /** One gate in place of two, f = 1 - i; rows i, g, o. Default false. */
  readonly coupled?: boolean;
  /** Width P of the output after a projection (Sak et al. 2014); none when left out. */
  readonly projSize?: number;
  /** Default `"sigmoid"`. */
  readonly gateActivation?: GateActivation;
  /** Limits what enters the activations of all gates and of g to -gateClip..gateClip (ONNX `clip`). */
  readonly gateClip?: number;
  /** Limits c_t to -cellClip..cellClip. */
  readonly cellClip?: number;
  /** Default `"double"`. */
  readonly bias?: Bias;
}

interface LstmWeights extends OptionallyBiased {
  /** Peepholes of i, f and o: `[H]` where diagonal, `[H, H]` where full. */
  readonly weightCi?: Tensor;
  readonly weightCf?: Tensor;
  readonly weightCo?: Tensor;
  /** `[P, H]` */
  readonly weightHr?: Tensor;
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997) with forget gate (Gers et al. 2000):
 *
 *   i   = sigmoid(W_ii x_t + b_ii + W_hi h_(t-1) + b_hi  [+ W_ci c_(t-1)])     rows in the order i, f, g, o
 *   f   = sigmoid(W_if x_t + b_if + W_hf h_(t-1) + b_hf  [+ W_cf c_(t-1)])     or 1 - i where coupled
 *   g   = tanh(W_ig x_t + b_ig + W_hg h_(t-1) + b_hg)
 *   c_t = f * c_(t-1) + i * g
 *   o   = sigmoid(W_io x_t + b_io + W_ho h_(t-1) + b_ho  [+ W_co c_t])
 *   h_t = [W_hr] (o * tanh(c_t))
 *
 * In brackets: peepholes (`W_c * c` by unit where diagonal) and projection, both off by default.
 *
 * @throws CellError `option`
 */
export function lstmCell(options: LstmOptions = {}): Cell {
  const { peephole = false, peepholeGradient = "full", coupled = false, projSize } = options;
  const { gateActivation = "sigmoid", gateClip, cellClip } = options;
  oneOf("lstmCell", options, {
    peephole: [false, "diagonal", "full"],
    peepholeGradient: ["full", "truncated"],
    coupled: [true, false],
    gateActivation: gateActivations,
    bias: biases,
  });
  checkLimits("lstmCell", { gateClip, cellClip });
  if (projSize !== undefined) checkCount("lstmCell", "projSize", projSize);
  const gates = coupled ? ["i", "g", "o"] : ["i", "f", "g", "o"];

  const peep = (c: Tensor, weight: Tensor): Tensor => {
    const seen = peepholeGradient === "truncated" ? stopGradient(c) : c;
    return peephole === "full" ? seen.matmul(weight.transpose()) : seen.mul(weight);
  };
  const gate = (sum: Tensor, c: Tensor, weight: Tensor | undefined): Tensor =>
    activateGate(clip(weight === undefined ? sum : sum.add(peep(c, weight)), gateClip), gateActivation);

  return defineCell({
    name: "lstm",
    gates,
    state: ["h", "c"],
    stateSizes: ({ hiddenSize }) => ({ h: projSize ?? hiddenSize }),
    parameters: (sizes) => lstmParameters(sizes, options),
    step({ weightIh, weightHh, biasIh, biasHh, ...weights }: LstmWeights, x, { h, c }) {
      const sums = affine(x, weightIh, biasIh)
        .add(affine(h, weightHh, biasHh))
        .split(gates.length, { axis: 1 });
      const of = (name: string): Tensor => sums[gates.indexOf(name)] as Tensor;
      const i = gate(of("i"), c, weights.weightCi);
      const f = coupled ? i.neg().add(1) : gate(of("f"), c, weights.weightCf);
      const g = clip(of("g"), gateClip).tanh();
      const nextC = clip(f.mul(c).add(i.mul(g)), cellClip);
      const o = gate(of("o"), nextC, weights.weightCo);
      const wide = o.mul(nextC.tanh());
      const nextH = weights.weightHr === undefined ? wide : wide.matmul(weights.weightHr.transpose());
      return { output: nextH, state: { h: nextH, c: nextC }, gates: { i, f, g, o } };
    },
  });
}

/** {@link lstmCell} with its defaults. */
export const lstm: Cell = /* @__PURE__ */ lstmCell();

// In coupled gates f = sigmoid(-(…)), so that a bias for f is its negative on i.
function lstmParameters({ hiddenSize }: CellSizes, options: LstmOptions): Record<string, ParameterSpec | undefined> {
  const { forgetBias = 1, peephole = false, coupled = false, projSize, bias = "double" } = options;
  const starts = coupled ? [-forgetBias, 0, 0] : [0, forgetBias, 0, 0];
  const dense: ParameterSpec = { shape: [hiddenSize, hiddenSize], initializer: orthogonal };
  const diagonal: ParameterSpec = { shape: [hiddenSize], initializer: uniformWithin(Math.sqrt(3 / hiddenSize)) };
  const hole = peephole === "full" ? dense : diagonal;
  return {
    biasIh: { shape: [starts.length * hiddenSize], initializer: blocks(starts.map(constant)) },
    ...leftOutBiases(bias),
    ...(peephole !== false && { weightCi: hole, ...(!coupled && { weightCf: hole }), weightCo: hole }),
    ...(projSize !== undefined && { weightHr: { shape: [projSize, hiddenSize], initializer: glorotUniform } }),
  };
}
