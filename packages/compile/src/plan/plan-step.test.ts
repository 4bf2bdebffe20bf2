import { concat, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { gatedStep } from "../../fixtures/known-steps.js";
import { compileStep } from "../compiled-step.js";
import type { ScanPlan } from "./plan.js";

const kinds = ({ operations }: ScanPlan, phase: string): string[] =>
  operations.filter((operation) => operation.phase === phase).map(({ kind }) => kind);

describe("the plan of a gated step", () => {
  const { step, sizes } = gatedStep(5, 8);
  const { inference, training } = compileStep(step, sizes).plans;

  it("projects all inputs by one product before the loop, and all gates by one in it", () => {
    for (const { plan } of [inference, training.forward]) {
      expect([kinds(plan, "before"), kinds(plan, "loop"), kinds(plan, "after")]).toEqual([["product"], ["product", "pass"], []]);
      expect(plan.operations.map((operation) => (operation.kind === "product" ? operation.columns : 8))).toEqual([32, 32, 8]);
    }
  });

  it("takes the gradients of inputs and weights out of the backward loop", () => {
    const { plan } = training.backward();
    expect([kinds(plan, "before"), kinds(plan, "loop"), kinds(plan, "after")]).toEqual([[], ["pass", "product"], ["product"]]);
    expect(plan.totals.map(({ kind }) => kind).sort()).toEqual(["columns", "outer", "outer"]);
  });

  it("leaves out what gives gradients that nobody wants", () => {
    const without = training.backward({ weights: Object.keys(sizes.weights), steps: [] });
    expect([without.steps["x"], kinds(without.plan, "loop"), kinds(without.plan, "after")]).toEqual([
      undefined,
      ["pass", "product"],
      [],
    ]);
    expect(without.plan.totals).toHaveLength(3);
    const frozen = training.backward({ weights: [], steps: ["x"] });
    expect([frozen.plan.totals, kinds(frozen.plan, "after")]).toEqual([[], ["product"]]);
    expect(training.backward({ weights: [], steps: ["x"] })).toBe(frozen);
  });

  it("lets the gradients of the gates lie over the gates, and nothing over what comes out", () => {
    const { over, plan } = training.backward();
    const forward = training.forward.plan.buffers;
    expect([...over].map(([gradients, gates]) => [gradients.width, gates.width])).toEqual([[32, 32]]);
    for (const [gradients, gates] of over) expect([plan.results.has(gradients), forward.includes(gates)]).toEqual([false, true]);
    const visible = [
      training.forward.plan.placeOf(training.forward.output).buffer,
      ...training.forward.plan.carried.map(({ buffer }) => buffer),
    ];
    for (const gates of over.values()) expect(visible).not.toContain(gates);
  });

  it("keeps two steps of a state that nobody reads later, and no activations, without a gradient", () => {
    const extents = Object.fromEntries(inference.plan.buffers.map(({ name, extent }) => [name, extent]));
    expect([extents["state h"], extents["state c"]]).toEqual(["all", "two"]);
    expect(inference.plan.buffers).toHaveLength(5);
  });

  it("writes activations over the input projections they come from", () => {
    const pass = training.forward.plan.operations.find(({ kind }) => kind === "pass");
    const stores = pass?.kind === "pass" ? pass.stores : [];
    const projected = training.forward.plan.operations[0];
    const buffer = projected?.kind === "product" ? projected.out.buffer : undefined;
    const reused = stores.flatMap(({ places }) => places).filter((place) => place.buffer === buffer);
    expect(reused.map(({ offset }) => offset).sort((a, b) => a - b)).toEqual([0, 8, 16, 24]);
  });
});

describe("the plan of a step", () => {
  const plansOf = (
    run: (x: Tensor, h: Tensor, weights: Readonly<Record<"a" | "b", Tensor>>) => readonly [output: Tensor, next: Tensor],
    weights: Readonly<Record<"a" | "b", readonly number[]>>,
  ): ReturnType<typeof compileStep>["plans"] =>
    compileStep(
      ({ weights: { a, b }, steps, state }) => {
        const [output, h] = run(steps["x"] as Tensor, state["h"] as Tensor, { a: a as Tensor, b: b as Tensor });
        return { output, state: { h } };
      },
      { name: "step", weights, rows: {}, steps: { x: 3 }, state: { h: 4 } },
    ).plans;

  it("splits a product of the input beside the state, so that its input half runs before the loop", () => {
    const { inference } = plansOf(
      (x, h, { a }) => {
        const next = concat([x, h], { axis: 1 }).matmul(a).tanh();
        return [next, next];
      },
      { a: [7, 4], b: [1] },
    );
    expect([kinds(inference.plan, "before"), kinds(inference.plan, "loop")]).toEqual([["product"], ["product", "pass"]]);
  });

  it("runs what no state depends on after the loop", () => {
    const { inference, training } = plansOf(
      (x, h, { a, b }) => {
        const next = x.matmul(a).add(h).tanh();
        return [next.matmul(b), next];
      },
      { a: [3, 4], b: [4, 2] },
    );
    expect(kinds(inference.plan, "after")).toEqual(["product"]);
    expect(kinds(training.backward().plan, "before")).toEqual(["product"]);
  });

  it("writes a product that is the next state where that stands", () => {
    const { inference } = plansOf((x, h, { a, b }) => [x.matmul(a), h.tanh().matmul(b)], { a: [3, 4], b: [4, 4] });
    const product = inference.plan.operations.find(({ kind, phase }) => kind === "product" && phase === "loop");
    expect(product?.kind === "product" && product.out.buffer.name).toBe("state h");
  });
});
