const mostDecimals = 8;

/**
 * Floats as NumPy writes them side by side: by the fewest digits that tell each from its neighbours, at most eight behind the
 * point; points aligned; all with an exponent where one is 1e8 or more, or below 1e-4, or 1000 times another.
 *
 * @param options - `single`, whether the neighbours are those in float32.
 */
export function formatFloats(values: readonly number[], { single }: { readonly single: boolean }): string[] {
  const sizes = values.filter(Number.isFinite).map(Math.abs);
  const shorten = single ? shortestSingle : Number;
  const write = needExponent(sizes.filter((size) => size > 0)) ? scientific(sizes.map(shorten)) : positional(sizes.map(shorten));
  return values.map((value) => {
    if (!Number.isFinite(value)) return String(value);
    const size = Math.abs(value);
    return (value < 0 || Object.is(value, -0) ? "-" : "") + write(size, shorten(size));
  });
}

type Write = (size: number, shortened: number) => string;

function needExponent(sizes: readonly number[]): boolean {
  const largest = Math.max(...sizes);
  const smallest = Math.min(...sizes);
  return largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000;
}

// With a space for each decimal that others have.
function positional(shortened: readonly number[]): Write {
  const written = (size: number): string => size.toFixed(mostDecimals).replace(/0+$/, "");
  const longest = Math.max(...shortened.map((size) => decimalsOf(written(size))));
  return (size, short) => {
    // Cut from the exact value, which is rounded once.
    const text = written(Number(short.toFixed(mostDecimals)) === short ? short : size);
    return text + " ".repeat(longest - decimalsOf(text));
  };
}

// With as many decimals as the one that needs most.
function scientific(shortened: readonly number[]): Write {
  const parts = shortened.map((size) => Number(size.toExponential(mostDecimals)).toExponential().split("e") as [string, string]);
  const decimals = Math.max(...parts.map(([digits]) => decimalsOf(digits)));
  const places = Math.max(2, ...parts.map(([, power]) => power.length - 1));
  return (size) => {
    const [digits, power] = size.toExponential(decimals).split("e") as [string, string];
    return `${digits}${decimals === 0 ? "." : ""}e${power.slice(0, 1)}${power.slice(1).padStart(places, "0")}`;
  };
}

function decimalsOf(text: string): number {
  return text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
}

// The float64 of fewest digits that float32 rounds to `size`.
function shortestSingle(size: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(size.toPrecision(digits));
    if (Math.fround(candidate) === size) return candidate;
  }
  return Number(size.toPrecision(9));
}
