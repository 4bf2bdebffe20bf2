/**
 * Whether the logits say yes to every symbol that may follow and no to every other: when a step of a counting language is right.
 *
 * @param logits - `[…, symbols]`, row by row; above 0 is yes.
 * @param legal - of the same shape: 1 for each symbol that may follow.
 */
export function predictsLegalSymbols(logits: ArrayLike<number>, legal: ArrayLike<number>): boolean {
  for (let i = 0; i < legal.length; i++) {
    const logit = logits[i] as number;
    if (!(legal[i] === 1 ? logit > 0 : logit < 0)) return false;
  }
  return true;
}
