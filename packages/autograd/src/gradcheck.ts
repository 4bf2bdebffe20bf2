import { formatShape, fromTypedArray, referenceBackend, sizeOf, withBackend, type Shape, type Tensor } from "@unroll/tensor";

import { AutogradError } from "./error.js";
import { valueAndGrad } from "./grad.js";

/** The worst element a {@link gradcheck} met. */
export interface GradcheckReport {
  readonly ok: boolean;
  /** Largest |analytic - numeric| over max(1, largest |numeric|). */
  readonly worst: number;
  /** Where it was: which argument, and which element of it in row-major order, and by axis. */
  readonly argument: number;
  readonly element: number;
  readonly position: readonly number[];
  readonly analytic: number;
  readonly numeric: number;
  /** All of it in a sentence, for a failing test. */
  readonly message: string;
}

/** How strict a {@link gradcheck} is. */
export interface GradcheckOptions {
  /** Step of the differences, default 5e-4. */
  readonly step?: number;
  /** Relative to the largest gradient, default 1e-7 (1e-6 for order 2). */
  readonly tolerance?: number;
  /** 2 checks the derivatives of the gradients of all arguments (default 1). */
  readonly order?: 1 | 2;
}

/**
 * Compares the gradients of `fn` with central differences of fourth order, in float64 on the reference backend. The elements of the
 * result are weighted unevenly, so that errors cannot cancel. Stay two steps away from kinks.
 *
 * @param inputs - float64 tensors at which to check, at least one.
 * @throws AutogradError `option` without inputs.
 */
export function gradcheck(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 5e-4, order = 1, tolerance = order === 1 ? 1e-7 : 1e-6 }: GradcheckOptions = {},
): GradcheckReport {
  if (!(inputs.length > 0)) throw new AutogradError("option", "gradcheck: needs an array of at least one input, got none");
  return withBackend(referenceBackend, () => {
    const once = (...all: Tensor[]): Tensor => weightedSum(fn(...all), 1);
    const bent = (...all: Tensor[]): Tensor =>
      weightedSum(
        fn(...all)
          .mul(0.02)
          .sin(),
        1,
      );
    const twice = (...all: Tensor[]): Tensor =>
      valueAndGrad(bent)(...all)
        .gradients.map((gradient, argument) => weightedSum(gradient, 2 + argument))
        .reduce((sum, part) => sum.add(part));
    const scalarOf = order === 1 ? once : twice;
    const { gradients } = valueAndGrad(scalarOf)(...inputs);
    let report = reportOf({ ok: true, worst: 0, argument: 0, element: 0, analytic: 0, numeric: 0 }, inputs[0]?.shape ?? []);
    inputs.forEach((input, argument) => {
      const analytic = (gradients[argument] as Tensor).toTypedArray();
      const numeric = differences(
        (moved) => scalarOf(...inputs.map((x, index) => (index === argument ? moved : x))),
        input,
        step,
      );
      const largest = numeric.reduce((size, value) => Math.max(size, Math.abs(value)), 1);
      numeric.forEach((expected, element) => {
        const found = analytic[element] as number;
        const worst = Math.abs(found - expected) / largest;
        if (Number.isNaN(report.worst) || (worst <= report.worst && !Number.isNaN(worst))) return;
        report = reportOf({ ok: worst <= tolerance, worst, argument, element, analytic: found, numeric: expected }, input.shape);
      });
    });
    return report;
  });
}

// Weights without a pattern that a derivative could share.
function weightedSum(x: Tensor, phase: number): Tensor {
  const weights = Float64Array.from({ length: x.size }, (_, index) => Math.cos(phase + 2.3 * index * index) + 1.5);
  return x.mul(fromTypedArray(weights, x.shape)).sum();
}

function differences(fn: (moved: Tensor) => Tensor, input: Tensor, step: number): Float64Array {
  const data = Float64Array.from(input.toTypedArray());
  return data.map((value, element) => {
    const at = (shifted: number): number => fn(fromTypedArray(data.with(element, shifted), input.shape)).item();
    const near = at(value + step) - at(value - step);
    const far = at(value + 2 * step) - at(value - 2 * step);
    return (8 * near - far) / (12 * step);
  });
}

function reportOf(found: Omit<GradcheckReport, "position" | "message">, shape: Shape): GradcheckReport {
  const position = shape.map((length, axis) => Math.floor(found.element / sizeOf(shape.slice(axis + 1))) % length);
  const { ok, worst, argument, analytic, numeric } = found;
  const message = `${ok ? "agrees" : "differs"}: worst ${worst} at ${formatShape(position)} of argument ${argument} ${formatShape(shape)}: gradient ${analytic}, differences ${numeric}`;
  return { ...found, position, message };
}
