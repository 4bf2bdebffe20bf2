import { stack, zeros, type Shape, type ShapedArray, type Tensor } from "@unroll/tensor";

import { hoistInvariants } from "./hoist.js";
import { traceOf, type Trace, type Traced } from "./trace.js";

/** A way along one axis of a tensor. */
export interface ScanWay {
  readonly axis: number;
  /** From the last to the first. */
  readonly reverse: boolean;
}

/** What goes around in a loop over one axis of some tensors. */
export interface ScanLoop {
  /** Values before the first step; each keeps its shape. */
  readonly states: readonly Tensor[];
  readonly sequences: readonly (ScanWay & { readonly x: Tensor })[];
  /** How the outputs of the steps are put together, one entry for each. */
  readonly outputs: readonly ScanWay[];
  /** One step: from the states and one slice of each sequence to the next states and the outputs. */
  readonly step: (states: readonly Tensor[], slices: readonly Tensor[]) => ScanStep;
}

/** What a step gives. */
export interface ScanStep {
  readonly states: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Runs a loop, or writes it as one Scan where its tensors are being traced. */
export function scan(loop: ScanLoop): ScanStep {
  const trace = traceOf([...loop.states, ...loop.sequences.map(({ x }) => x)]);
  return trace === undefined ? runScan(loop) : writeScan(trace, loop);
}

function runScan({ states, sequences, outputs, step }: ScanLoop): ScanStep {
  const slices = sequences.map(({ x, axis, reverse }) => {
    const parts = x.unstack({ axis });
    return reverse ? parts.reverse() : parts;
  });
  const length = slices[0]?.length ?? 0;
  const given: Tensor[][] = outputs.map(() => []);
  let current = states;
  for (let t = 0; t < length; t++) {
    const next = step(
      current,
      slices.map((parts) => parts[t] as Tensor),
    );
    current = next.states;
    next.outputs.forEach((output, index) => given[index]?.push(output));
  }
  if (length > 0) return { states: current, outputs: outputs.map((way, index) => together(given[index] as Tensor[], way)) };
  // Without a step the shapes of the outputs are still those that a step would give.
  const nothing = sequences.map(({ x, axis }) => zeros(without(x.shape, axis), { dtype: x.dtype }));
  const forms = step(states, nothing).outputs;
  return {
    states,
    outputs: outputs.map(({ axis }, index) => {
      const { shape, dtype } = forms[index] as Tensor;
      return zeros(inserted(shape, axis, 0), { dtype });
    }),
  };
}

function together(parts: readonly Tensor[], { axis, reverse }: ScanWay): Tensor {
  return stack(reverse ? parts.toReversed() : parts, { axis });
}

function writeScan(trace: Trace, { states, sequences, outputs, step }: ScanLoop): ScanStep {
  const { whole, forms } = trace.inside((graph) => {
    const incoming = (form: ShapedArray): Traced => trace.tensor(form, graph.fresh("in"));
    const before = states.map(incoming);
    const slices = sequences.map(({ x, axis }) => incoming({ shape: without(x.shape, axis), dtype: x.dtype }));
    const next = step(before, slices);
    const results = [...next.states.map((state, index) => state.cast((states[index] as Tensor).dtype)), ...next.outputs];
    const value = ({ name, shape, dtype }: Traced): { name: string; shape: Shape; dtype: Tensor["dtype"] } => ({
      name,
      shape,
      dtype,
    });
    return {
      whole: graph.finish(
        [...before, ...slices].map(value),
        results.map((result) => ({
          name: graph.fresh("out"),
          shape: result.shape,
          dtype: result.dtype,
          value: trace.nameOf(result),
        })),
      ),
      forms: next.outputs,
    };
  });
  const { outside, inside: body } = hoistInvariants(whole);
  trace.graph.adopt(outside);
  const [first] = sequences as [ScanLoop["sequences"][number]];
  const length = first.x.shape[first.axis] as number;
  const results = trace.node("Scan", [...states, ...sequences.map(({ x }) => x)], {
    attributes: {
      body,
      num_scan_inputs: sequences.length,
      scan_input_axes: sequences.map(({ axis }) => axis),
      scan_input_directions: sequences.map(({ reverse }) => Number(reverse)),
      ...(outputs.length > 0 && {
        scan_output_axes: outputs.map(({ axis }) => axis),
        scan_output_directions: outputs.map(({ reverse }) => Number(reverse)),
      }),
    },
    forms: [
      ...states,
      ...forms.map(({ shape, dtype }, index) => ({ shape: inserted(shape, (outputs[index] as ScanWay).axis, length), dtype })),
    ],
  });
  return { states: results.slice(0, states.length), outputs: results.slice(states.length) };
}

function without(shape: Shape, axis: number): Shape {
  return shape.filter((_, index) => index !== axis);
}

function inserted(shape: Shape, axis: number, length: number): Shape {
  return [...shape.slice(0, axis), length, ...shape.slice(axis)];
}
