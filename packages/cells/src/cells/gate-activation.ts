import type { Tensor } from "@unroll/tensor";

/**
 * What squashes a gate into 0..1. The two hard sigmoids differ in slope and are named by their source:
 * `"hardSigmoidTfjs"` is `clip(0.2 x + 0.5, 0, 1)`, the default of TensorFlow.js layers, of Keras 1 and 2 and of ONNX HardSigmoid;
 * `"hardSigmoidKeras"` is `clip(x / 6 + 0.5, 0, 1)`, that of Keras 3 and of PyTorch.
 */
export type GateActivation = "sigmoid" | "hardSigmoidTfjs" | "hardSigmoidKeras";

const activations: Readonly<Record<GateActivation, (x: Tensor) => Tensor>> = {
  sigmoid: (x) => x.sigmoid(),
  hardSigmoidTfjs: (x) => x.mul(0.2).add(0.5).maximum(0).minimum(1),
  hardSigmoidKeras: (x) => x.add(3).maximum(0).minimum(6).div(6),
};

/** Every {@link GateActivation}. */
export const gateActivations: readonly GateActivation[] = ["sigmoid", "hardSigmoidTfjs", "hardSigmoidKeras"];

/** Applies a gate activation by name. */
export function activateGate(x: Tensor, activation: GateActivation): Tensor {
  return activations[activation](x);
}

/** Limits every element to -limit..limit; undefined does not. */
export function clip(x: Tensor, limit: number | undefined): Tensor {
  return limit === undefined ? x : x.maximum(-limit).minimum(limit);
}
