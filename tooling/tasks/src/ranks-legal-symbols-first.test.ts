import { reberSuccessors, reberSymbols } from "@unroll/data";
import { expect, test } from "vitest";

import { ranksLegalSymbolsFirst } from "./ranks-legal-symbols-first.js";

const text = "BTBTXSETE";
const legal = reberSuccessors(text, { grammar: "embedded" })
  .slice(0, -1)
  .flatMap((next) => [...reberSymbols].map((symbol) => Number(next.includes(symbol))));

test("a perfect prediction of the grammar is accepted", () => {
  expect(ranksLegalSymbolsFirst(legal, legal, reberSymbols.length)).toBe(true);
});

test("the wrong symbol to be remembered, a tie and NaN are not accepted", () => {
  const last = (text.length - 3) * reberSymbols.length; // after the inner string: only T may come
  const forgot = legal.with(last + reberSymbols.indexOf("T"), 0.4).with(last + reberSymbols.indexOf("P"), 0.6);
  expect(ranksLegalSymbolsFirst(forgot, legal, reberSymbols.length)).toBe(false);
  expect(
    ranksLegalSymbolsFirst(
      legal.map(() => 0),
      legal,
      reberSymbols.length,
    ),
  ).toBe(false);
  expect(
    ranksLegalSymbolsFirst(
      legal.map(() => NaN),
      legal,
      reberSymbols.length,
    ),
  ).toBe(false);
});
