/** The learning rate as a function of the updates done before: 0 at the first. */
export type Schedule = (step: number) => number;

/** A fixed learning rate, or one that changes. */
export type LearningRate = number | Schedule;

/** The learning rate after `step` updates. */
export function rateAt(learningRate: LearningRate, step: number): number {
  return typeof learningRate === "number" ? learningRate : learningRate(step);
}
