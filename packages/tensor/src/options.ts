/** Axes of a reduction: one, several, or all when left out; `keepDims` keeps them with size 1 (default false). */
export interface ReduceOptions {
  readonly axes?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** Axes of `argmax` and `argmin`: one, several, or all when left out; `keepDims` keeps them with size 1 (default false). */
export interface PositionOptions {
  readonly axis?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** One axis, counted from the end when negative. */
export interface AxisOptions {
  readonly axis: number;
}

/** Part of one axis, as in Python: negative positions count from the end, positions outside are clamped. */
export interface SliceOptions extends AxisOptions {
  readonly start?: number;
  readonly stop?: number;
  /** Default 1; negative walks backwards. */
  readonly step?: number;
}
