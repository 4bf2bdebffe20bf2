import { describe, expect, it } from "vitest";

import { splitText } from "./split.js";

const corpus = (length: number): { title: string; text: string; hash: string } => ({
  title: "A",
  text: "abc ".repeat(length / 4),
  hash: "",
});

describe("splitText", () => {
  it("cuts 90, 5 and 5 percent by position", () => {
    const { train, validation, test, vocabulary } = splitText(corpus(4000), { batch: 2, length: 8 });
    expect([train.length, validation.length, test.length]).toEqual([3600, 200, 200]);
    expect(vocabulary.characters).toEqual([" ", "a", "b", "c"]);
  });

  it("counts characters, not the halves that some are made of", () => {
    const emoji = { title: "A", text: "😀😁".repeat(1000), hash: "" };
    const { train, validation, test } = splitText(emoji, { batch: 2, length: 8 });
    expect([train.length, validation.length, test.length]).toEqual([1800, 100, 100]);
    expect(() => splitText({ ...emoji, text: "😀😁".repeat(999) }, { batch: 2, length: 8 })).toThrow(/A has 1,998 characters/);
  });

  it("says what a text too short lacks", () => {
    expect(() => splitText(corpus(4000), { batch: 32, length: 200 })).toThrow(
      /A has 4,000 characters; 32 rows of 200 need at least 7,114/,
    );
    expect(() => splitText({ title: "A", text: "", hash: "" }, { batch: 1, length: 1 })).toThrow(/A is empty/);
  });
});
