import { stopGradient } from "@unroll/autograd";
import { arange, formatShape, fromTypedArray, pad, where, type Tensor } from "@unroll/tensor";

import { checkTensors } from "../check-tensors.js";
import { fail } from "../error.js";
import { lossWeights, reduceLosses, type LossOptions } from "../losses/reduce-losses.js";
import { lengthsOf } from "./check-lengths.js";
import { layOutLabels, type LabelLayout } from "./label-layout.js";

/** What goes in beside logits and labels, and how the losses of the rows become one. */
export interface CtcLossOptions extends Omit<LossOptions, "mask"> {
  /** Real steps of each row; all when left out. */
  readonly inputLengths?: Int32Array;
  /** Labels of each row; all when left out. */
  readonly targetLengths?: Int32Array;
  /** The class that stands for no label, default 0. */
  readonly blank?: number;
  /** Gives 0, without a gradient, instead of Infinity for rows whose labels do not fit into their steps. Default false. */
  readonly zeroInfinity?: boolean;
  /** `"mean"` (default) divides each row's loss by its number of labels first, as PyTorch does. */
  readonly reduction?: "mean" | "sum" | "none";
}

// Stands for log(0): finite, so that no difference of two of them is NaN.
const never = -1e30;

/**
 * Connectionist temporal classification (Graves et al. 2006): the negative log-probability, in nats, of all ways to write each
 * row's labels into its steps with blanks and repeats. The forward variable of the paper, in logarithms, over the labels s with
 * blanks between:
 *
 *   alpha_t(s) = log p_t(s) + log(e^alpha_(t-1)(s) + e^alpha_(t-1)(s-1) + e^alpha_(t-1)(s-2))
 *
 * where s-2 counts if s is a label other than s-2. A row of no steps and no labels has the loss 0. What stands beyond a row's
 * lengths, or in a row of weight 0, may be anything.
 *
 * @param logits - `[batch, time, classes]`, unnormalised (log-probabilities do as well).
 * @param targets - `[batch, labels]` int32, any class but the blank within each row's length.
 * @throws ModuleError `not-tensor`, `shape`, `lengths`, `targets`, `option`
 */
export function ctcLoss(logits: Tensor, targets: Tensor, options: CtcLossOptions = {}): Tensor {
  checkTensors("ctcLoss", { logits, targets });
  if ((options as LossOptions).mask !== undefined) {
    fail("option", "ctcLoss: takes no mask, got one; give inputLengths for steps, and weights of 0 for rows");
  }
  const { blank = 0, zeroInfinity = false, reduction = "mean" } = options;
  const [batch = 0, time = 0, classes = 0] = logits.shape;
  if (logits.rank !== 3 || targets.rank !== 2 || targets.shape[0] !== batch) {
    const got = `${formatShape(logits.shape)} and ${formatShape(targets.shape)}`;
    fail("shape", `ctcLoss: needs logits [batch, time, classes] and targets [batch, labels], got ${got}`);
  }
  const weights = lossWeights("ctcLoss", [batch], options);
  const counts = weights?.cast("bool").toTypedArray();
  const [inputLengths, targetLengths] = (["inputLengths", "targetLengths"] as const).map((name) => {
    const longest = name === "inputLengths" ? time : (targets.shape[1] as number);
    const lengths = lengthsOf("ctcLoss", name, { given: options[name], rows: batch, longest });
    // Nothing of a row that does not count is read.
    return Int32Array.from(lengths, (length, row) => (counts?.[row] === 0 ? 0 : length));
  }) as [Int32Array, Int32Array];
  const layout = layOutLabels(targets, { targetLengths, blank, classes });
  const losses = endLikelihood(forwardVariable(logits, layout, inputLengths), layout, inputLengths).neg();
  const impossible = losses.greater(-never / 10);
  const finite = where(impossible, zeroInfinity ? 0 : Infinity, losses);
  const labels = fromTypedArray(
    targetLengths.map((length) => Math.max(1, length)),
    [batch],
  );
  return reduceLosses(reduction === "mean" ? finite.div(labels.cast(logits.dtype)) : finite, weights, { reduction });
}

/** alpha after each row's last step: `[batch, positions]`. */
function forwardVariable(logits: Tensor, { classes, skips, shape }: LabelLayout, lengths: Int32Array): Tensor {
  const [batch, positions] = shape;
  const time = logits.shape[1] as number;
  const everyStep = classes.unsqueeze({ axis: 1 }).broadcastTo([batch, time, positions]);
  const emissions = realSteps(logits, lengths).logSoftmax().maximum(never).takeAlong(everyStep, { axis: 2 }).unstack({ axis: 1 });
  const from = (alpha: Tensor, back: number): Tensor =>
    pad(alpha, { before: [0, back], after: [0, 0], value: never }).slice({ axis: 1, stop: positions });
  // A path starts at the first blank or the first label.
  const start = Float32Array.from({ length: batch * positions }, (_, index) => (index % positions < 2 ? 0 : never));
  return emissions.reduce(
    (alpha, emission, t) => {
      if (t === 0) return alpha.add(emission);
      const next = logSum([alpha, from(alpha, 1), where(skips, from(alpha, 2), never)]).add(emission);
      if (lengths.every((length) => length > t)) return next;
      return where(flags(lengths, (length) => length > t).unsqueeze({ axis: 1 }), next, alpha);
    },
    fromTypedArray(start, [batch, positions]).cast(logits.dtype),
  );
}

/** Logits with 0 beyond each row's steps, so that what stands there reaches no gradient. */
function realSteps(logits: Tensor, lengths: Int32Array): Tensor {
  const time = logits.shape[1] as number;
  if (lengths.every((length) => length === time)) return logits;
  return where(
    arange(time)
      .less(fromTypedArray(lengths, [lengths.length, 1]))
      .unsqueeze({ axis: 2 }),
    logits,
    0,
  );
}

/** Log-probability of each row: its paths end at the last label or the blank after it. */
function endLikelihood(alpha: Tensor, { ends, hasEnd }: LabelLayout, lengths: Int32Array): Tensor {
  const [label, blank] = where(hasEnd, alpha.takeAlong(ends, { axis: 1 }), never).unstack({ axis: 1 }) as [Tensor, Tensor];
  const likelihood = logSum([label, blank]);
  if (lengths.every((length) => length > 0)) return likelihood;
  const [hasLabel] = hasEnd.unstack({ axis: 1 }) as [Tensor];
  const withoutSteps = where(hasLabel, never, 0).cast(alpha.dtype);
  return where(
    flags(lengths, (length) => length > 0),
    likelihood,
    withoutSteps,
  );
}

// log of the sum of e^x over the terms; the shift cancels, so no gradient goes through it.
function logSum(terms: readonly Tensor[]): Tensor {
  const largest = stopGradient(terms.reduce((a, b) => a.maximum(b)));
  const sum = terms.map((term) => term.sub(largest).exp()).reduce((a, b) => a.add(b));
  return sum.log().add(largest);
}

function flags(lengths: Int32Array, test: (length: number) => boolean): Tensor {
  return fromTypedArray(
    Uint8Array.from(lengths, (length) => Number(test(length))),
    [lengths.length],
  );
}
