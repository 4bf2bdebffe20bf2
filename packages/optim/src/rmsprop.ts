import { blend } from "./blend.js";
import { defineOptimizer, type OptimizerOptions, type UpdateSettings } from "./define-optimizer.js";
import type { Optimizer, OptimizerState } from "./optimizer.js";
import { decayedGradient } from "./weight-decay.js";

/** Settings of {@link rmsprop}. */
export interface RmspropSettings extends UpdateSettings {
  /** Share of the running means that is kept, default 0.99. */
  readonly smoothing: number;
  /** Added to the root, default 1e-8. */
  readonly epsilon: number;
  /** Divides by the deviation of the gradients instead of their root mean square (Graves 2013), default false. */
  readonly centred: boolean;
  /** Share of the last step that is kept, default 0. */
  readonly momentum: number;
}

/** Settings of {@link rmsprop} to change from their defaults. */
export type RmspropOptions = OptimizerOptions<RmspropSettings>;

const make = defineOptimizer<RmspropSettings, "square" | "mean" | "momentum">({
  name: "rmsprop",
  defaults: { learningRate: 1e-2, weightDecay: 0, smoothing: 0.99, epsilon: 1e-8, centred: false, momentum: 0 },
  shares: ["smoothing", "momentum"],
  elementwise: true,
  slots: ({ centred, momentum }) => [
    "square",
    ...(centred ? (["mean"] as const) : []),
    ...(momentum === 0 ? [] : (["momentum"] as const)),
  ],
  update(update) {
    const { parameter, slots, learningRate, settings } = update;
    const g = decayedGradient(update);
    const square = blend(slots.square, g.square(), settings.smoothing);
    const mean = settings.centred ? blend(slots.mean, g, settings.smoothing) : undefined;
    // Rounding can push the variance of a constant gradient below 0.
    const power = mean === undefined ? square : square.sub(mean.square()).maximum(0);
    const scaled = g.div(power.sqrt().add(settings.epsilon));
    const momentum = settings.momentum === 0 ? undefined : slots.momentum.mul(settings.momentum).add(scaled);
    return {
      parameter: parameter.sub((momentum ?? scaled).mul(learningRate)),
      slots: { square, ...(mean && { mean }), ...(momentum && { momentum }) },
    };
  },
});

/**
 * RMSprop (Hinton 2012), as PyTorch writes it; learning rate 1e-2 unless given; weight decay is added to the gradient:
 *
 *   v = smoothing v + (1 - smoothing) g^2
 *   m = smoothing m + (1 - smoothing) g           centred only; then v - m^2 stands for v below
 *   b = momentum b + g / (sqrt(v) + epsilon)
 *   p = p - learningRate b
 *
 * @throws OptimizerError `option`
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer<OptimizerState> {
  return make(options);
}
