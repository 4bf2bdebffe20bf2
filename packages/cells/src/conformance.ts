import { differentiate, gradcheckModule } from "@unroll/nn";
import { concat, createGenerator, normal, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import type { Cell, CellState } from "./cell.js";
import { Unrolled } from "./unroll/unroll.js";
import type { UnrollOptions } from "./unroll/unroll-options.js";

/** Under what {@link testCell} tries a cell. */
export interface TestCellOptions {
  /** Default 3. */
  readonly inputSize?: number;
  /** Default 4. */
  readonly hiddenSize?: number;
  /** How the layers are stacked and read; default two layers, forward. */
  readonly unroll?: Omit<UnrollOptions, "inputSize" | "hiddenSize">;
}

const values = (x: Tensor): number[] => Array.from(x.toTypedArray());
const flat = (states: readonly CellState[]): number[][] => states.flatMap((state) => Object.values(state).map(values));
const row = (x: Tensor, index: number): Tensor => x.slice({ axis: 0, start: index, stop: index + 1 });
const head = (x: Tensor, stop: number): Tensor => x.slice({ axis: 1, stop });

/**
 * The tests every cell must pass, built-in or your own: shapes, gradients in float64, masks, determinism, save and load,
 * independence of the rows of a batch, streaming, and the small cases. Call it at the top of a vitest file; after `await useWasm()`, the
 * cell is tried as a compiled program, and compared with itself step by step.
 *
 * @example
 * await useWasm();
 * testCell(myCell);
 */
export function testCell(cell: Cell, { inputSize = 3, hiddenSize = 4, unroll = { layers: 2 } }: TestCellOptions = {}): void {
  const make = (sizes: Partial<UnrollOptions> = {}): Unrolled =>
    new Unrolled(cell, { inputSize, hiddenSize, ...unroll, ...sizes }).initialize({ seed: 3 });
  // Every weight and bias random, so that no term of the equations is hidden by a 0.
  const randomized = (layer: Unrolled = make()): Unrolled => {
    const generator = createGenerator(9);
    for (const parameter of layer.parameters().values()) parameter.assign(normal(parameter.shape, { generator, deviation: 0.5 }));
    return layer;
  };
  const draw = (seed: number, ...shape: number[]): Tensor =>
    normal(shape, { generator: createGenerator(seed), dtype: "float64" }).cast("float32");
  const oneWay = unroll.direction === undefined || unroll.direction === "forward";

  describe(`cell conformance: ${cell.name}`, () => {
    it("has a first value for each parameter, of its shape", () => {
      for (const [name, { shape }] of Object.entries(cell.parameters({ inputSize, hiddenSize }))) {
        expect(
          shape.every((length) => Number.isInteger(length) && length > 0),
          name,
        ).toBe(true);
      }
      const layer = make();
      for (const [name, { value, shape }] of layer.parameters()) {
        expect(value.shape, name).toEqual(shape);
        expect(values(value).every(Number.isFinite), name).toBe(true);
      }
    });

    it.each([
      ["several rows and steps", 3, 5],
      ["one row", 1, 5],
      ["one step", 3, 1],
      ["no steps", 3, 0],
      ["no rows", 0, 5],
    ])("gives its shapes: %s", (_, batch, time) => {
      const layer = randomized();
      const { output, last, state } = layer.forward(draw(1, batch, time, inputSize));
      expect([output.shape[0], output.shape[1], output.shape.at(-1)]).toEqual([batch, time, layer.outputSize]);
      expect([last.shape[0], last.shape.at(-1)]).toEqual([batch, layer.outputSize]);
      expect(values(output).every(Number.isFinite)).toBe(true);
      layer.tracks.forEach((track, index) => {
        const sizes = track.cell.stateSizes(track.place);
        for (const name of track.cell.state) expect(state[index]?.[name]?.shape, name).toEqual([batch, sizes[name]]);
      });
    });

    it("works with one hidden unit and one input", () => {
      const layer = randomized(make({ inputSize: 1, hiddenSize: 1 }));
      expect(values(layer.forward(draw(1, 2, 3, 1)).output).every(Number.isFinite)).toBe(true);
    });

    it("has the gradients of its equations, in float64", () => {
      const layer = randomized(make({ layers: 1, inputSize: 2, hiddenSize: 2 }));
      const x = normal([2, 3, 2], { generator: createGenerator(4), dtype: "float64" });
      const start = layer.zeroState(2).map((state) =>
        Object.entries(state).map(([name, { shape }], index) => {
          return [name, normal(shape, { generator: createGenerator(20 + index), dtype: "float64" })] as const;
        }),
      );
      const given = start.flat().map(([, value]) => value);
      const report = gradcheckModule(
        layer,
        (sequence, ...states) => {
          const state = start.map((entries) => Object.fromEntries(entries.map(([name]) => [name, states.shift() as Tensor])));
          const result = layer.forward(sequence, { state, lengths: Int32Array.of(3, 2) });
          const finals = result.state.flatMap((record) => Object.values(record)).map((final) => final.sin().sum());
          return finals.reduce((sum, final) => sum.add(final), result.output.square().sum());
        },
        [x, ...given],
      );
      expect(report.ok, JSON.stringify(report)).toBe(true);
    });

    it("gives a ragged batch as its rows one by one, exactly, and ignores padding", () => {
      const layer = randomized();
      const x = draw(5, 4, 6, inputSize);
      const lengths = Int32Array.of(6, 0, 3, 1);
      const spoilt = concat([head(x, 3), zeros([4, 3, inputSize]).div(0)], { axis: 1 });
      const together = layer.forward(x, { lengths });
      lengths.forEach((length, index) => {
        const alone = layer.forward(head(row(x, index), length));
        expect(values(head(row(together.output, index), length))).toEqual(values(alone.output));
        expect(values(row(together.last, index))).toEqual(values(alone.last));
        const own = together.state.map((state) =>
          Object.fromEntries(Object.entries(state).map(([name, s]) => [name, row(s, index)])),
        );
        expect(flat(own)).toEqual(flat(alone.state));
      });
      const short = Int32Array.of(3, 0, 3, 1);
      expect(values(layer.forward(spoilt, { lengths: short }).last)).toEqual(values(layer.forward(x, { lengths: short }).last));
      const { gradients } = differentiate(layer, () => layer.forward(spoilt, { lengths: short }).output.sum());
      for (const [name, gradient] of Object.entries(gradients)) expect(values(gradient).every(Number.isFinite), name).toBe(true);
    });

    it("computes each row of a batch on its own", () => {
      const layer = randomized();
      const x = draw(6, 3, 4, inputSize);
      const other = concat([row(x, 0), draw(7, 2, 4, inputSize)], { axis: 0 });
      expect(values(row(layer.forward(other).output, 0))).toEqual(values(row(layer.forward(x).output, 0)));
    });

    it("gives the same for the same seed, and another for another", () => {
      const x = draw(8, 2, 4, inputSize);
      const run = (seed: number): number[] => values(make().initialize({ seed }).train().forward(x).output);
      expect(run(1)).toEqual(run(1));
      expect(run(1)).not.toEqual(run(2));
    });

    it("is saved and loaded whole by its state dict", () => {
      const layer = randomized();
      const copy = make().initialize({ seed: 77 }).loadStateDict(layer.stateDict());
      const x = draw(8, 2, 4, inputSize);
      expect(values(copy.forward(x).output)).toEqual(values(layer.forward(x).output));
    });

    it("gives compiled what it gives step by step, with the same gradients", () => {
      const x = draw(11, 5, 6, inputSize);
      const run = (engine: "compiled" | "tape"): Record<string, number[]> => {
        const layer = randomized(make({ engine }));
        const { loss, gradients } = differentiate(layer, () =>
          layer
            .forward(x, { lengths: Int32Array.of(6, 2, 0, 5, 1) })
            .output.sin()
            .sum(),
        );
        return { loss: values(loss), ...Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, values(g)])) };
      };
      const compiled = run("compiled");
      for (const [name, expected] of Object.entries(run("tape"))) {
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
        const gaps = expected.map((value, index) => Math.abs(value - (compiled[name]?.[index] as number)) / largest);
        expect(Math.max(...gaps), name).toBeLessThan(1e-6);
      }
    });

    if (oneWay) {
      it("gives step by step, bit for bit, what the whole sequence gives", () => {
        const layer = randomized();
        const x = draw(2, 2, 5, inputSize);
        let state: readonly CellState[] | undefined;
        const steps = x.unstack({ axis: 1 }).map((step) => {
          const result = layer.forward(step.unsqueeze({ axis: 1 }), { state });
          state = result.state;
          return values(result.output);
        });
        const whole = layer.forward(x);
        expect(steps).toEqual(whole.output.unstack({ axis: 1 }).map(values));
        expect(flat(state ?? [])).toEqual(flat(whole.state));
      });
    }
  });
}
