/** A figure with up to four significant digits in at most seven characters, as `1,234`, `12.34`, `0.1234`, `1.23e-5` or `1e-300`. */
export function significant(value: number): string {
  if (Number.isNaN(value)) return "?";
  const size = Math.abs(value);
  if (size === Infinity) return value > 0 ? "∞" : "-∞";
  if (size >= 999_999.5 || (size > 0 && size < 1e-3)) return exponential(value);
  const digits = size === 0 ? 0 : Math.max(0, 3 - Math.floor(Math.log10(size)));
  return value.toLocaleString("en-US", {
    minimumFractionDigits: Math.min(digits, 5),
    maximumFractionDigits: Math.min(digits, 5),
  });
}

/** A figure with so many decimals, or {@link significant} where that takes more than seven characters. */
export function decimal(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number.isFinite(value) && text.length <= 7 ? text : significant(value);
}

// The digits that fit beside a long exponent.
function exponential(value: number): string {
  const [long = "", shorter = "", shortest = ""] = [2, 1, 0].map((digits) => value.toExponential(digits).replace("e+", "e"));
  return [long, shorter].find((text) => text.length <= 7) ?? shortest;
}
