/** A task of the literature: how one network is trained on it, and what all its trainings together must reach. */
export interface Task {
  readonly title: string;
  /** Network, optimizer and criterion. */
  readonly method: string;
  /** What a training is measured by: the heading of its column. */
  readonly figure: string;
  /** What {@link isMet} asks of the figures. */
  readonly target: string;
  /** One training each. */
  readonly seeds: readonly number[];
  /** Trains one network and measures it. Ends early, with whatever figure, once the signal is aborted. */
  train(seed: number, signal: AbortSignal): Promise<number>;
  /** Whether the figures, one per seed, reach the target. */
  isMet(figures: readonly number[]): boolean;
}
