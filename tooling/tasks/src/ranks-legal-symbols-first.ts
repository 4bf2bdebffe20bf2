/**
 * Whether every legal symbol has a larger output than every other one, at each step: when a Reber string counts as learned.
 *
 * @param outputs - `[…, symbols]`, row by row.
 * @param legal - of the same shape: 1 for each symbol that may follow; padding, where none may, always passes.
 */
export function ranksLegalSymbolsFirst(outputs: ArrayLike<number>, legal: ArrayLike<number>, symbols: number): boolean {
  for (let start = 0; start < legal.length; start += symbols) {
    let [leastLegal, largestOther] = [Infinity, -Infinity];
    for (let i = start; i < start + symbols; i++) {
      const output = outputs[i] as number;
      if (legal[i] === 1) leastLegal = Math.min(leastLegal, output);
      else largestOther = Math.max(largestOther, output);
    }
    if (!(leastLegal > largestOther)) return false;
  }
  return true;
}
