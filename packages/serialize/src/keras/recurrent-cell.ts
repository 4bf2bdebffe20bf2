import { gruCell, lstmCell, rnnCell, type Bias, type Cell, type GateActivation, type RnnOptions } from "@unroll/cells";

import { activatedGru, activatedLstm, activatedRnn } from "./activated-cells.js";
import type { LayerConfig } from "./layer-config.js";

const rnnActivations: ReadonlySet<string> = /* @__PURE__ */ new Set(["tanh", "relu", "linear"]);

/** Classes of Keras's recurrent layers. */
export const recurrentClasses: ReadonlySet<string> = /* @__PURE__ */ new Set(["SimpleRNN", "LSTM", "GRU"]);

/** The cell of a SimpleRNN, LSTM or GRU; one of our own where it has the activations. */
export function recurrentCell(config: LayerConfig): Cell {
  const bias: Bias = config.boolean("use_bias", true) ? "single" : "none";
  const activation = config.activation("activation");
  const activationName = config.activationName("activation");
  if (config.className === "SimpleRNN") {
    if (!rnnActivations.has(activationName)) return activatedRnn({ activation, bias });
    return rnnCell({ activation: activationName as NonNullable<RnnOptions["activation"]>, bias });
  }
  const recurrentActivation = config.activation("recurrent_activation");
  const gateActivation = activationName === "tanh" ? gateActivationOf(config) : undefined;
  if (config.className === "LSTM") {
    if (gateActivation === undefined) return activatedLstm({ activation, recurrentActivation, bias });
    return lstmCell({ gateActivation, bias });
  }
  const resetAfter = config.boolean("reset_after");
  const biases = bias === "single" && resetAfter ? "double" : bias;
  if (gateActivation === undefined) return activatedGru({ activation, recurrentActivation, bias: biases, resetAfter });
  return gruCell({ gateActivation, resetAfter, bias: biases });
}

function gateActivationOf(config: LayerConfig): GateActivation | undefined {
  const name = config.activationName("recurrent_activation");
  if (name === "hard_sigmoid") return config.convention === "keras-3" ? "hardSigmoidKeras" : "hardSigmoidTfjs";
  return name === "sigmoid" ? "sigmoid" : undefined;
}
