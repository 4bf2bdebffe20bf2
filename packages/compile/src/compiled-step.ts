import { customVjp } from "@unroll/autograd";
import { DenseTensor, evaluator, formatShape, scope, zeros, type Tensor } from "@unroll/tensor";

import { CompileError } from "./error.js";
import type { Buffer, Place } from "./plan/plan.js";
import { planStep, type ForwardPlan, type PlannedLoop, type StepPlans } from "./plan/plan-step.js";
import { Evaluation } from "./run/evaluate.js";
import { programBackend, type ProgramBackend } from "./run/program-backend.js";
import { onBackend, ScanRunner, type Extents, type ScanResult } from "./run/scan-runner.js";
import {
  mapValues,
  traceStep,
  type StepGraph,
  type StepInputs,
  type StepOutputs,
  type StepSizes,
  type Tensors,
} from "./trace/trace-step.js";

/** What a compiled step runs over. */
export interface SequenceInputs {
  readonly weights: Tensors;
  /** `[batch, width]`, the same at every step. */
  readonly rows: Tensors;
  /** `[batch, time, width]` */
  readonly steps: Tensors;
  /** `[batch, width]`, before the first step. */
  readonly state: Tensors;
}

/** How a sequence is read. */
export interface SequenceOptions {
  /** From its end; default false. */
  readonly reverse?: boolean;
  /** Whether a gradient may be asked for; default true. Without one, nothing is kept for it. */
  readonly differentiable?: boolean;
}

/** What a sequence gives. */
export interface SequenceOutputs {
  /** `[batch, time, width]` */
  readonly output: Tensor;
  /** After the step that was read last. */
  readonly state: Tensors;
}

/** A step, ready to run over sequences of any length and batch size. */
export class CompiledStep {
  readonly #graph: StepGraph;
  readonly #plans: StepPlans;
  readonly #runners = new WeakMap<ProgramBackend, Map<PlannedLoop, ScanRunner>>();

  /** Use {@link compileStep}. */
  constructor(graph: StepGraph) {
    this.#graph = graph;
    this.#plans = planStep(graph);
  }

  /** The step as it was traced; equal for equal steps. */
  get text(): string {
    return this.#graph.text;
  }

  /** How the step runs over time; see `explain`. */
  get plans(): StepPlans {
    return this.#plans;
  }

  /**
   * Runs the step over a sequence, on the selected backend. It is one operation of autograd, with a derivative of its own.
   *
   * @throws CompileError `mismatch` for other names or sizes than the step was compiled for, `unsupported` where the backend runs no
   * programs.
   */
  run(
    { weights, rows, steps, state }: SequenceInputs,
    { reverse = false, differentiable = true }: SequenceOptions = {},
  ): SequenceOutputs {
    const backend = programBackend();
    if (backend === undefined) {
      throw new CompileError(
        "unsupported",
        `${this.#graph.sizes.name}: needs a backend that runs programs; call useWasm() first`,
      );
    }
    const extents = this.#check({ weights, rows, steps, state });
    const names = { weights: Object.keys(weights), steps: Object.keys(steps), state: Object.keys(state) };
    const inputs = [...Object.values(weights), ...Object.values(steps), ...Object.values(state)];
    const named = (values: readonly Tensor[]): Omit<SequenceInputs, "rows"> => {
      const rest = [...values];
      const take = (keys: readonly string[]): Tensors => Object.fromEntries(keys.map((key) => [key, rest.shift() as Tensor]));
      return { weights: take(names.weights), steps: take(names.steps), state: take(names.state) };
    };
    const outputs = (forward: ForwardPlan, result: ScanResult): Tensor[] => [
      viewOf(result.buffers, forward.plan.placeOf(forward.output), forward.output.width, { ...extents, reverse }),
      ...names.state.map((name) => result.last[name] as Tensor),
    ];
    const runForward = (forward: ForwardPlan, values: Omit<SequenceInputs, "rows">): ScanResult =>
      scope(() => {
        const given = this.#given(forward, { ...values, rows }, { ...extents, reverse, backend });
        const evaluation = new Evaluation(values.weights);
        return this.#runner(forward, backend).run({ ...extents, given, initial: values.state, evaluation });
      });
    if (!differentiable) {
      const { inference } = this.#plans;
      const [output, ...last] = scope(() => outputs(inference, runForward(inference, { weights, steps, state })));
      return {
        output: output as Tensor,
        state: Object.fromEntries(names.state.map((name, index) => [name, last[index] as Tensor])),
      };
    }
    const { forward, backward } = this.#plans.training;
    let saved: ScanResult | undefined;
    const call = customVjp(
      (...values: Tensor[]): readonly Tensor[] => {
        saved = runForward(forward, named(values));
        return outputs(forward, saved);
      },
      (cotangents, context) => {
        const values = named(context.inputs);
        const made = saved as ScanResult;
        return scope(() => {
          const [outputCotangent, ...stateCotangents] = cotangents as readonly [Tensor, ...Tensor[]];
          const evaluation = new Evaluation(values.weights);
          const given = this.#given(
            backward,
            { ...values, steps: { ...values.steps }, rows },
            { ...extents, reverse, backend, output: outputCotangent },
          );
          for (const [buffer, x] of made.buffers) if (!given.has(buffer)) given.set(buffer, x);
          const initial = Object.fromEntries(names.state.map((name, index) => [name, stateCotangents[index] as Tensor]));
          const result = this.#runner(backward, backend).run({ ...extents, given, initial, evaluation });
          const totals = new Evaluation(values.weights, result.totals);
          const gradients = [
            ...names.weights.map((name) => {
              const node = backward.weights[name];
              return node && totals.valueOf(node);
            }),
            ...names.steps.map((name) => {
              const row = backward.steps[name];
              return row && viewOf(result.buffers, backward.plan.placeOf(row), row.width, { ...extents, reverse });
            }),
            ...names.state.map((name) => result.last[name]),
          ];
          return gradients;
        });
      },
      { name: this.#graph.sizes.name },
    );
    const [output, ...last] = call(...inputs);
    return {
      output: output as Tensor,
      state: Object.fromEntries(names.state.map((name, index) => [name, last[index] as Tensor])),
    };
  }

  #runner(loop: PlannedLoop, backend: ProgramBackend): ScanRunner {
    let runners = this.#runners.get(backend);
    if (runners === undefined) this.#runners.set(backend, (runners = new Map<PlannedLoop, ScanRunner>()));
    let runner = runners.get(loop);
    if (runner === undefined) runners.set(loop, (runner = new ScanRunner(loop.plan, backend)));
    return runner;
  }

  // Inputs as [steps, batch, width] in the order of reading.
  #given(
    { given }: PlannedLoop,
    { rows, steps }: Pick<SequenceInputs, "rows" | "steps">,
    {
      time,
      batch,
      reverse,
      backend,
      output,
    }: Extents & { readonly reverse: boolean; readonly backend: ProgramBackend; readonly output?: Tensor },
  ): Map<Buffer, DenseTensor> {
    const found = new Map<Buffer, DenseTensor>();
    const bind = (name: string, x: Tensor): void => {
      const buffer = given.get(name);
      if (buffer === undefined) return;
      const here = onBackend(x, backend);
      const order =
        here.rank === 2
          ? here.reshape([1, batch, buffer.width]).broadcastTo([time, batch, buffer.width])
          : here.permute([1, 0, 2]);
      const read = (reverse ? order.flip({ axis: 0 }) : order).toDense();
      const [step, row, column] = read.strides as [number, number, number];
      const gaps = (column !== 1 && buffer.width > 1) || (buffer.flat && time > 1 && step !== batch * row);
      found.set(buffer, gaps ? read.copy().toDense() : read);
    };
    for (const [name, x] of Object.entries(rows)) bind(`row ${name}`, x);
    for (const [name, x] of Object.entries(steps)) bind(`step ${name}`, x);
    if (output !== undefined) bind("cotangent output", output);
    return found;
  }

  #check({ weights, rows, steps, state }: SequenceInputs): Extents {
    const { sizes } = this.#graph;
    const [first] = Object.values(steps);
    const [batch = 0, time = 0] = first?.shape ?? [];
    const expected = {
      ...prefixed("weight", sizes.weights),
      ...prefixed(
        "row",
        mapValues(sizes.rows, (width) => [batch, width]),
      ),
      ...prefixed(
        "step",
        mapValues(sizes.steps, (width) => [batch, time, width]),
      ),
      ...prefixed(
        "state",
        mapValues(sizes.state, (width) => [batch, width]),
      ),
    };
    const got: Tensors = {
      ...prefixed("weight", weights),
      ...prefixed("row", rows),
      ...prefixed("step", steps),
      ...prefixed("state", state),
    };
    for (const [name, shape] of Object.entries(expected)) {
      const x = got[name];
      if (x !== undefined && x.dtype === "float32" && formatShape(x.shape) === formatShape(shape)) continue;
      const found = x === undefined ? "none" : `${x.dtype} ${formatShape(x.shape)}`;
      throw new CompileError("mismatch", `${sizes.name}: ${name} must be float32 ${formatShape(shape)}, got ${found}`);
    }
    if (batch === 0 || time === 0)
      throw new CompileError("mismatch", `${sizes.name}: needs at least one row and one step, got ${batch} and ${time}`);
    return { batch, time };
  }
}

/**
 * Traces a step and its derivative, and plans how it runs over a whole sequence.
 *
 * @throws CompileError `untraceable` for a step that reads elements or what is not among its inputs, `unsupported` for one that moves
 * data between rows, or uses an operation that has no form for rows.
 */
export function compileStep(step: (inputs: StepInputs) => StepOutputs, sizes: StepSizes): CompiledStep {
  return new CompiledStep(traceStep(step, sizes));
}

// A value of every step as [batch, time, width].
function viewOf(
  buffers: ReadonlyMap<Buffer, DenseTensor>,
  { buffer, offset, shift }: Place,
  width: number,
  { time, batch, reverse }: Extents & { readonly reverse: boolean },
): Tensor {
  const x = buffers.get(buffer) as DenseTensor;
  const [step = 0, row = 0] = x.strides;
  const start = x.offset + (shift + (reverse ? time - 1 : 0)) * step + offset;
  return new DenseTensor(
    x.storage,
    { shape: [batch, time, width], strides: [row, reverse ? -step : step, 1], offset: start },
    evaluator,
  );
}

function prefixed<V>(kind: string, record: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${kind} ${name}`, value]));
}
