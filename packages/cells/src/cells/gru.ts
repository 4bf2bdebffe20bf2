import type { Tensor } from "@unroll/tensor";

import { affine } from "./affine.js";
import { biases, leftOutBiases, type Bias, type OptionallyBiased } from "./bias.js";
import { defineCell, type Cell } from "../cell.js";
import { checkLimits, oneOf } from "../check-options.js";
import { activateGate, clip, gateActivations, type GateActivation } from "./gate-activation.js";

/** What a GRU can be. */
export interface GruOptions {
  /** Whether r scales the product (cuDNN, PyTorch; default true) or the state before it (Cho et al. 2014, ONNX default). */
  readonly resetAfter?: boolean;
  /** Whether z = 1 keeps the old state (default, as PyTorch, Keras and ONNX) or replaces it, as some papers write. */
  readonly updateGate?: "keep" | "replace";
  /** Default `"sigmoid"`. */
  readonly gateActivation?: GateActivation;
  /** Limits what enters the activations of r, z and n to -gateClip..gateClip (ONNX `clip`). */
  readonly gateClip?: number;
  /** Default `"double"`. */
  readonly bias?: Bias;
}

type Three = [Tensor, Tensor, Tensor];

/**
 * Gated recurrent unit (Cho et al. 2014), by default with the reset gate after the product, as cuDNN and PyTorch have it:
 *
 *   r   = sigmoid(W_ir x_t + b_ir + W_hr h_(t-1) + b_hr)     rows in the order r, z, n
 *   z   = sigmoid(W_iz x_t + b_iz + W_hz h_(t-1) + b_hz)
 *   n   = tanh(W_in x_t + b_in + r * (W_hn h_(t-1) + b_hn))     or tanh(W_in x_t + b_in + W_hn (r * h_(t-1)) + b_hn)
 *   h_t = z * h_(t-1) + (1 - z) * n                             or (1 - z) * h_(t-1) + z * n
 *
 * @throws CellError `option`
 */
export function gruCell(options: GruOptions = {}): Cell {
  const { resetAfter = true, updateGate = "keep", gateActivation = "sigmoid", gateClip, bias = "double" } = options;
  oneOf("gruCell", options, {
    resetAfter: [true, false],
    updateGate: ["keep", "replace"],
    gateActivation: gateActivations,
    bias: biases,
  });
  checkLimits("gruCell", { gateClip });
  const gate = (sum: Tensor): Tensor => activateGate(clip(sum, gateClip), gateActivation);

  return defineCell({
    name: "gru",
    gates: ["r", "z", "n"],
    state: ["h"],
    parameters: () => leftOutBiases(bias),
    step({ weightIh, weightHh, biasIh, biasHh }: OptionallyBiased, x, { h }) {
      const [rx, zx, nx] = affine(x, weightIh, biasIh).split(3, { axis: 1 }) as Three;
      let r: Tensor, z: Tensor, fromH: Tensor;
      if (resetAfter) {
        const [rh, zh, nh] = affine(h, weightHh, biasHh).split(3, { axis: 1 }) as Three;
        r = gate(rx.add(rh));
        z = gate(zx.add(zh));
        fromH = r.mul(nh);
      } else {
        const [wr, wz, wn] = weightHh.split(3, { axis: 0 }) as Three;
        const [br, bz, bn] = biasHh?.split(3, { axis: 0 }) ?? [];
        r = gate(rx.add(affine(h, wr, br)));
        z = gate(zx.add(affine(h, wz, bz)));
        fromH = affine(r.mul(h), wn, bn);
      }
      const n = clip(nx.add(fromH), gateClip).tanh();
      const next = updateGate === "keep" ? n.add(z.mul(h.sub(n))) : h.add(z.mul(n.sub(h)));
      return { output: next, state: { h: next }, gates: { r, z, n } };
    },
  });
}

/** {@link gruCell} with its defaults. */
export const gru: Cell = /* @__PURE__ */ gruCell();
