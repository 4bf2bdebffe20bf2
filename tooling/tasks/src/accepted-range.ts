import { countingBatch, countingSymbols, padSequences } from "@unroll/data";
import { createGenerator, scope } from "@unroll/tensor";

import { predictsLegalSymbols } from "./predicts-legal-symbols.js";
import type { SymbolModel } from "./symbol-model.js";

// Strings read side by side.
const rows = 50;

/**
 * The largest n up to which a model accepts every string a^n b^n, from n = 1: each symbol that may follow gets a logit above 0, and
 * each other one below, at all steps.
 *
 * @param options - `most`, where the search ends.
 */
export function acceptedRange(model: Pick<SymbolModel, "forward">, { most }: { readonly most: number }): number {
  for (let first = 1; first <= most; first += rows) {
    const counts = Array.from({ length: Math.min(rows, most - first + 1) }, (_, row) => first + row);
    const rejected = counts[acceptedOf(model, counts).indexOf(false)];
    if (rejected !== undefined) return rejected - 1;
  }
  return most;
}

function acceptedOf(model: Pick<SymbolModel, "forward">, counts: readonly number[]): boolean[] {
  return scope(() => {
    const generator = createGenerator(0); // asked for, but the strings have one n only
    const strings = counts.map((n) => countingBatch({ batchSize: 1, generator, language: "anbn", least: n, most: n }));
    const { inputs, lengths } = padSequences(strings.map(({ inputs }) => Int32Array.from(inputs.toTypedArray())));
    const { logits } = model.forward(inputs, undefined, { lengths });
    const values = logits.toTypedArray();
    const rowSize = values.length / counts.length;
    return strings.map(({ targets }, row) => {
      const start = row * rowSize;
      const ownSize = (lengths[row] as number) * countingSymbols.length;
      return predictsLegalSymbols(values.slice(start, start + ownSize), targets.toTypedArray());
    });
  });
}
