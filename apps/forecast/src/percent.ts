/** A share in percent with as many digits as it was given, as `90` or `99.9999`. */
export function percent(share: number): string {
  // The last digits of the product are what rounding left.
  return String(Number((100 * share).toPrecision(14)));
}
