import { expect, it } from "vitest";

import { gatedStep } from "../../fixtures/known-steps.js";
import { compileStep } from "../compiled-step.js";
import { Frame } from "../emit/frame.js";
import { ScanLayout } from "./scan-layout.js";

it("keeps no room in the scratch block for what the forward loop has left", () => {
  const { step, sizes } = gatedStep(5, 8);
  const { training } = compileStep(step, sizes).plans;
  const { forward, backward } = { forward: training.forward, backward: training.backward() };
  const left = new Map([...forward.plan.buffers, ...backward.given.values()].map((buffer) => [buffer, true] as const));
  const extents = { time: 100, batch: 4, given: left };
  const layout = new ScanLayout(backward.plan, new Frame(backward.plan), extents);
  const inside = layout.rooms.filter(({ offset }) => offset !== undefined);
  expect(inside.some(({ buffer }) => left.has(buffer))).toBe(false);
  const elements = inside.reduce((sum, { shape }) => sum + shape[0] * shape[1] * shape[2], 0);
  expect(layout.scratch - layout.words.length - elements).toBeLessThan(16 * layout.rooms.length);
});
