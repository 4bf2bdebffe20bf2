/** Lengths of the axes that may vary, by name. */
export type AxisLengths = Readonly<Record<string, number>>;

/** A number that follows from lengths: `factor * product of the axes + offset`. */
export interface Extent {
  readonly factor: number;
  readonly axes: readonly string[];
  readonly offset: number;
}

/**
 * What a number that was seen at several lengths is at any. The first sample is the base; then comes one sample for each axis in
 * which it alone differs; the last ones are for the proof.
 *
 * @returns undefined where it is no such product.
 */
export function extentOf(values: readonly number[], samples: readonly AxisLengths[]): Extent | undefined {
  const [base = {}] = samples;
  const first = values[0] as number;
  const names = Object.keys(base);
  const axes = names.filter((_, index) => values[index + 1] !== first);
  const products = samples.map((sample) => axes.reduce((product, axis) => product * (sample[axis] as number), 1));
  const start = products[0] as number;
  const changed = axes[0] === undefined ? 0 : names.indexOf(axes[0]) + 1;
  const factor = changed === 0 ? 0 : ((values[changed] as number) - first) / ((products[changed] as number) - start);
  const offset = first - factor * start;
  const fits = Number.isInteger(factor) && products.every((product, index) => factor * product + offset === values[index]);
  return fits ? { factor, axes, offset } : undefined;
}
