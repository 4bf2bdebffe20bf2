import { reberSuccessors, reberSymbols } from "@unroll/data";
import { expect, test } from "vitest";

import { ranksLegalSymbolsFirst } from "./ranks-legal-symbols-first.js";

const text = "BTBTXSETE";
const symbols = reberSymbols.length;
const legal = reberSuccessors(text, { grammar: "embedded" })
  .slice(0, -1)
  .flatMap((next) => [...reberSymbols].map((symbol) => Number(next.includes(symbol))));
const padding = new Array<number>(2 * symbols).fill(0);

test("a perfect prediction is learned, whatever stands in the padding", () => {
  expect(ranksLegalSymbolsFirst(legal, legal, symbols)).toBe(true);
  expect(ranksLegalSymbolsFirst([...legal, ...padding.map(() => 9)], [...legal, ...padding], symbols)).toBe(true);
});

test("one of two legal symbols is not enough", () => {
  expect(legal.slice(symbols * 2, symbols * 3)).toEqual([0, 1, 1, 0, 0, 0, 0]); // T or P after BTB
  expect(ranksLegalSymbolsFirst(legal.with(symbols * 2 + 1, -1), legal, symbols)).toBe(false);
});

test("forgetting which of T and P came second, which must come again, is not enough", () => {
  const last = (text.length - 3) * symbols;
  const forgot = legal.with(last + reberSymbols.indexOf("T"), 0.4).with(last + reberSymbols.indexOf("P"), 0.6);
  expect(ranksLegalSymbolsFirst(forgot, legal, symbols)).toBe(false);
});

test.each([0, NaN])("outputs that are all %s say nothing", (output) => {
  expect(ranksLegalSymbolsFirst(new Array<number>(legal.length).fill(output), legal, symbols)).toBe(false);
});
