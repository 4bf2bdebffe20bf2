import { charVocabulary } from "@unroll/data";
import { describe, expect, it } from "vitest";

import { CharModel } from "./char-model.js";
import { writeText } from "./write-text.js";

const vocabulary = charVocabulary("abc");
const model = new CharModel(vocabulary.size, { cell: "gru", embedding: 4, hidden: 5, layers: 2 }).initialize({ seed: 3 });
const write = (prompt: string, seed = 1): string =>
  [...writeText({ model, vocabulary }, { prompt, length: 30, temperature: 1, seed })].join("");

describe("writeText", () => {
  it("goes on from the prompt, the same for the same seed", () => {
    expect(write("abba")).toMatch(/^abba[abc]{30}$/);
    expect(write("abba")).toBe(write("abba"));
    expect(write("abba")).not.toBe(write("abba", 2));
  });

  it("names a character the model never saw, and refuses an empty prompt", () => {
    expect(() => write("a!b")).toThrow(/"!", which the model never saw. It knows 3 characters: "abc"/);
    expect(() => write("")).toThrow(/prompt is empty/);
  });
});
