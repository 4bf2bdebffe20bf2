import { lstm, rnn, unroll } from "@unroll/cells";
import { crossEntropy, Dropout, Embedding, Linear, Module } from "@unroll/nn";
import { adam, reduceOnPlateau, sgd, type OptimizerState } from "@unroll/optim";
import { createGenerator, fromTypedArray, tensor, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import type { TrainingError } from "./index.js";
import {
  accuracy,
  fit,
  type Batch,
  type Checkpoint,
  type FitOptions,
  type FitState,
  type ModelState,
  type SequenceModel,
} from "./index.js";

class Tagger extends Module implements SequenceModel {
  embedding = new Embedding(3, 4);
  dropout;
  rnn;
  head = new Linear(5, 3);

  constructor({ rate = 0, initialState = "zero" }: { rate?: number; initialState?: "zero" | "learned" } = {}) {
    super();
    this.dropout = new Dropout(rate);
    this.rnn = unroll(lstm, { inputSize: 4, hiddenSize: 5, initialState });
  }

  forward(x: Tensor, state?: ModelState): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(this.dropout.forward(this.embedding.forward(x)), { state });
    return { logits: this.head.forward(output), state: next };
  }
}

const ids = (rows: readonly (readonly number[])[]): Tensor => tensor(rows, { dtype: "int32" });
const weights = (model: Module): number[][] => Object.values(model.stateDict()).map((x) => Array.from(x.toTypedArray()));

// Random pieces of a random walk on three symbols, in an order that the epoch decides.
function batches(epoch: number, { count = 5, rows = 2, time = 6 } = {}): Batch[] {
  const generator = createGenerator(epoch + 1);
  return Array.from({ length: count }, () => {
    const walk = Int32Array.from({ length: rows * (time + 1) }, () => generator.integer(3));
    const cut = (shift: number): Tensor =>
      fromTypedArray(
        Int32Array.from(
          { length: rows * time },
          (_, i) => walk[Math.floor(i / time) * (time + 1) + (i % time) + shift] as number,
        ),
        [rows, time],
      );
    return { inputs: cut(0), targets: cut(1) };
  });
}

const options: FitOptions<OptimizerState> = {
  loss: crossEntropy,
  optimizer: adam({ learningRate: 0.02 }),
  clip: { maxNorm: 1 },
  epochs: 3,
};
const made = (settings?: ConstructorParameters<typeof Tagger>[0]): Tagger => new Tagger(settings).initialize({ seed: 1 });

describe("resume", () => {
  it("goes on bit for bit from every checkpoint, with dropout, plateau, validation, early stopping and carried state", async () => {
    const everything: FitOptions<OptimizerState> = {
      ...options,
      optimizer: reduceOnPlateau(adam({ learningRate: 0.02 }), { patience: 0 }),
      bptt: { k1: 2, k2: 4 },
      resetState: "never",
      validation: { batches: batches(99), every: 4, metrics: { accuracy } },
      earlyStopping: { patience: 50 },
    };
    const copied: { weights: Record<string, Tensor>; training: FitState<OptimizerState> }[] = [];
    const copy = <T>(value: T): T =>
      (typeof value !== "object" || value === null
        ? value
        : "toTypedArray" in value
          ? (value as unknown as Tensor).copy()
          : Array.isArray(value)
            ? value.map(copy)
            : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]))) as T;
    const log: string[] = [];
    const onStep: typeof everything.onStep = ({ step, loss, gradientNorm }) => void log.push(`${step} ${loss} ${gradientNorm}`);
    const save = ({ model, training }: Checkpoint<OptimizerState>): void =>
      void copied.push({ weights: copy(model), training: copy(training) });
    const whole = made({ rate: 0.3 });
    const end = await fit(whole, batches, { ...everything, onStep, checkpoint: { every: { steps: 4 }, save } });
    expect(copied.length).toBeGreaterThan(8);
    for (const { weights: saved, training } of copied) {
      const resumed = made({ rate: 0.3 }).loadStateDict(saved);
      const again: string[] = [];
      const result = await fit(resumed, batches, {
        ...everything,
        resume: training,
        onStep: ({ step, loss, gradientNorm }) => void again.push(`${step} ${loss} ${gradientNorm}`),
      });
      expect(again).toEqual(log.slice(training.step));
      expect(weights(resumed)).toEqual(weights(whole));
      expect(result.loss).toBe(end.loss);
      expect(result.clippedShare).toBe(end.clippedShare);
      expect(result.state.best?.value).toBe(end.state.best?.value);
    }
  });
});

describe("carried state", () => {
  it("gives the losses of the unchunked run, where nothing is learned", async () => {
    const [long] = batches(0, { count: 1, time: 12 }) as [Batch];
    const losses = async (data: Iterable<Batch>, bptt?: FitOptions<OptimizerState>["bptt"]): Promise<number[]> => {
      const found: number[] = [];
      await fit(made(), data, {
        ...options,
        epochs: 1,
        optimizer: sgd({ learningRate: 0 }),
        ...(bptt && { bptt }),
        onStep: ({ loss }) => void found.push(loss),
      });
      return found;
    };
    const cut = (start: number, stop: number): Batch => ({
      inputs: long.inputs.slice({ axis: 1, start, stop }),
      targets: long.targets.slice({ axis: 1, start, stop }),
    });
    const [whole] = await losses([long]);
    const parts = await losses([cut(0, 4), cut(4, 8), cut(8, 12)]);
    expect(parts.reduce((sum, loss) => sum + loss / 3, 0)).toBeCloseTo(whole as number, 6);
    expect(await losses([long], { k1: 4, k2: 4 })).toEqual(parts);
    expect(await losses([long], { k1: 4, k2: 8 })).toEqual(parts);
    const reset = await losses([cut(0, 4), { ...cut(4, 8), first: true }, cut(8, 12)]);
    expect(reset[0]).toBe(parts[0]);
    expect(reset[1]).not.toBe(parts[1]);
  });

  it.each(["zero", "learned"] as const)(
    "starts anew with each document, in each row by itself (%s initial state)",
    async (initialState) => {
      const sequence = [0, 1, 2, 2, 1, 0, 0];
      const other = [2, 0, 1, 1, 2, 0, 1];
      const starts = (at: readonly number[]): number[] => Array.from({ length: 6 }, (_, t) => Number(at.includes(t)));
      const rows: Batch = {
        inputs: ids([sequence.slice(0, 6), other.slice(0, 6)]),
        targets: ids([sequence.slice(1), other.slice(1)]),
        starts: tensor([starts([0, 2]), starts([0, 2, 5])], { dtype: "bool" }),
      };
      const model = made({ initialState });
      if (initialState === "learned")
        model.rnn
          .parameters()
          .get("initial_h_l0")
          ?.assign(tensor([1, -1, 0.5, 0, 2]));
      const losses: number[] = [];
      const still: FitOptions<OptimizerState> = {
        ...options,
        epochs: 1,
        optimizer: sgd({ learningRate: 0 }),
        onStep: ({ loss }) => void losses.push(loss),
      };
      await fit(model, [rows, rows], { ...still, resetState: "document" });
      const documents: [number[], number, number][] = [
        [sequence, 0, 2],
        [sequence, 2, 6],
        [other, 0, 2],
        [other, 2, 5],
        [other, 5, 6],
      ];
      const alone = documents.map(([row, start, end]) => ({
        inputs: ids([row.slice(start, end)]),
        targets: ids([row.slice(start + 1, end + 1)]),
      }));
      const { loss } = await fit(model, alone, { ...still, resetState: "batch" });
      expect(losses[0]).toBeCloseTo(loss, 6);
      expect(losses[1]).toBe(losses[0]);
    },
  );
});

describe("accumulate", () => {
  it("makes of single rows the update that the whole batch makes", async () => {
    const whole = batches(0, { count: 1, rows: 4 });
    const rows = whole.flatMap(({ inputs, targets }) =>
      [0, 1, 2, 3].map((row) => ({
        inputs: inputs.slice({ axis: 0, start: row, stop: row + 1 }),
        targets: targets.slice({ axis: 0, start: row, stop: row + 1 }),
      })),
    );
    const [a, b] = [made(), made()];
    const settings = { ...options, optimizer: sgd({ learningRate: 0.5 }), resetState: "batch" } as const;
    const one = await fit(a, whole, settings);
    const four = await fit(b, rows, { ...settings, accumulate: 4 });
    expect(four.state.step).toBe(one.state.step);
    weights(a).forEach((values, index) => values.forEach((value, i) => expect(weights(b)[index]?.[i]).toBeCloseTo(value, 5)));
  });

  it("saves what is due at the next end of a batch where no gradients wait", async () => {
    const saved: number[] = [];
    const checkpoint = {
      every: { steps: 4 },
      save: ({ training }: Checkpoint<OptimizerState>): void => void saved.push(training.step),
    };
    // Three windows a batch, two to an update: only every second batch ends with an update.
    await fit(made(), batches(0, { count: 8 }), { ...options, epochs: 1, bptt: { k1: 2, k2: 2 }, accumulate: 2, checkpoint });
    expect(saved).toEqual([6, 9, 12]);
  });

  it("updates with what is left at the end of an epoch", async () => {
    const { state } = await fit(made(), batches, { ...options, accumulate: 3 });
    expect(state.step).toBe(3 * 2);
  });
});

describe("validation", () => {
  it("stops early and puts the best weights back", async () => {
    const events: { loss: number; improved: boolean }[] = [];
    const model = made();
    const seen: number[][][] = [];
    const result = await fit(model, batches, {
      ...options,
      optimizer: sgd({ learningRate: 3 }),
      epochs: 50,
      validation: { batches: batches(99), metrics: { accuracy } },
      earlyStopping: { patience: 2 },
      onValidation: ({ loss, improved, metrics }) => {
        events.push({ loss, improved });
        seen.push(weights(model));
        expect(metrics.accuracy).toBeGreaterThanOrEqual(0);
      },
    });
    expect(result.stopped).toBe("early");
    expect(events.slice(-2).every(({ improved }) => !improved)).toBe(true);
    const best = events.findIndex(({ loss }) => loss === Math.min(...events.map((event) => event.loss)));
    expect(result.state.best?.value).toBe(events[best]?.loss);
    expect(weights(model)).toEqual(seen[best]);
  });

  it("needs what it watches", async () => {
    await expect(fit(made(), batches, { ...options, earlyStopping: { patience: 1 } })).rejects.toThrow(/needs a figure to watch/);
    const monitor = { metric: "f1", better: "higher" } as const;
    await expect(
      fit(made(), batches, { ...options, validation: { batches: batches(1) }, earlyStopping: { patience: 1, monitor } }),
    ).rejects.toThrow(/must be one of validation.metrics, which has none, got f1; leave monitor out to watch the loss/);
  });
});

describe("the guard against NaN", () => {
  class Floats extends Module implements SequenceModel {
    rnn = unroll(rnn, { inputSize: 1, hiddenSize: 2, layers: 2 });
    forward(x: Tensor, state?: ModelState): { output: Tensor; state: ModelState } {
      return this.rnn.forward(x, { state });
    }
  }
  const batch = {
    inputs: tensor([[[1], [2], [3]]]),
    targets: tensor([
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ]),
  };
  const squared = (a: Tensor, b: Tensor): Tensor => a.sub(b).square().mean();
  const failure = async (model: SequenceModel, data: Iterable<Batch>, loss = squared): Promise<TrainingError> =>
    fit(model, data, { ...options, loss }).then(
      () => expect.fail("should have thrown"),
      (error: unknown) => error as TrainingError,
    );

  it("names the layer, the state and the time step", async () => {
    const model = new Floats().initialize({ seed: 1 });
    model.rnn
      .parameters()
      .get("weight_ih_l1")
      ?.assign(
        tensor([
          [NaN, 0],
          [0, 0],
        ]),
      );
    const error = await failure(model, [batch]);
    expect(error.message).toMatch(/step 1 gave loss NaN .*(gate|state) h of layer rnn.l1 went first, at time step 0/);
    expect(error.place).toEqual({ step: 1, epoch: 0, batch: 0, layer: "rnn.l1", gate: "h", time: 0 });
  });

  it("blames the inputs, the loss or the gradients where they are at fault", async () => {
    const model = new Floats().initialize({ seed: 1 });
    expect((await failure(model, [{ ...batch, inputs: tensor([[[1], [NaN], [3]]]) }])).message).toContain(
      "the inputs hold it already",
    );
    expect((await failure(model, [batch], (a) => a.sub(a).log().mean())).message).toContain("the loss of them is not");
    expect((await failure(model, [batch], (a) => a.sub(a).sqrt().mean())).message).toMatch(
      /the gradients of rnn.weight_ih_l0, .* are not/,
    );
  });

  it("writes no checkpoint of weights that are not finite", async () => {
    const model = new Floats().initialize({ seed: 1 });
    let saved = 0;
    const run = fit(model, [batch, batch], {
      ...options,
      loss: squared,
      optimizer: sgd({ learningRate: 1e39 }),
      checkpoint: { every: { steps: 1 }, save: () => void saved++ },
    });
    await expect(run).rejects.toThrow(/step 1 left rnn.* with values that are not finite; no checkpoint was written/);
    expect(saved).toBe(0);
  });
});
