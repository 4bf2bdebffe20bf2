import { describe, expect, it } from "vitest";

import { gatedStep } from "../../fixtures/known-steps.js";
import { compileStep } from "../compiled-step.js";
import { explain } from "./explain.js";

describe("what explain says of a gated step", () => {
  const { step, sizes } = gatedStep(4, 8);
  const text = explain(compileStep(step, sizes));
  const loops = Object.fromEntries(
    text.split("\n\n").map((part) => {
      const [title = "", ...lines] = part.split("\n");
      return [title, lines];
    }),
  );
  const section = (loop: string, name: string): string[] => {
    const lines = loops[loop] ?? [];
    const start = lines.findIndex((line) => line.startsWith(`  ${name}`)) + 1;
    const end = lines.findIndex((line, index) => index >= start && !line.startsWith("    "));
    return lines.slice(start, end < 0 ? undefined : end).map((line) => line.trim());
  };

  it("has the trace and three loops", () => {
    expect(Object.keys(loops)).toEqual([
      "as traced, with its derivative; B is the batch",
      "forward, without a gradient",
      "forward",
      "backward",
    ]);
  });

  it("shows each pass before and after", () => {
    const passes = Object.fromEntries(
      ["forward", "backward"].map((loop) => [
        loop,
        (loops[loop] ?? []).filter((line) => /^ {2}\w/.test(line)).map((line) => line.trim().split(/[:,]/)[0]),
      ]),
    );
    expect(passes).toEqual({
      forward: ["saving", "values", "hoisting", "merging", "fusing", "reusing", "program"],
      backward: ["values", "hoisting", "merging", "fusing", "summing", "overwriting", "program"],
    });
    for (const [loop, names] of Object.entries(passes)) {
      for (const name of names.filter((own) => own !== "values" && own !== "program")) {
        const [first, ...rest] = section(loop, name as string);
        expect(first, name).toMatch(/^before /);
        expect(
          rest.filter((line) => /^after {3}/.test(line)),
          name,
        ).toHaveLength(1);
      }
    }
  });

  it("names a value alike from pass to pass", () => {
    const values = section("forward", "values");
    const state = values.find((line) => line.includes("= mul(") && line.includes("state c"));
    const [name = ""] = state?.split(" ") ?? [];
    expect(name).toMatch(/^r\d+$/);
    expect(section("forward", "fusing").join(" ")).toContain(` ${name},`);
    expect(section("forward", "program").join("\n")).toContain(`${name} = mul(`);
  });

  it("says what became of products, sums and activations", () => {
    const four = /^after {3}r\d+ \+ r\d+ \+ r\d+ \+ r\d+, of step x$/;
    expect(section("forward", "merging").filter((line) => four.test(line))).toHaveLength(1);
    expect(section("backward", "summing").filter((line) => line.endsWith("one product over all steps"))).toHaveLength(2);
    expect(section("backward", "overwriting")[1]).toMatch(/^after {3}concat \d+ over product /);
  });
});
