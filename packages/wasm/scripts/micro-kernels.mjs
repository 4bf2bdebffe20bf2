// Writes the inner kernels of the matrix product: tiles of 1 to 6 rows by one packed panel of 8 columns, and by two. On vectors of 128
// bits six rows by one panel are twelve sums, which with two vectors of the right operand and one of the left are all that fits the
// sixteen registers of x86-64: larger tiles spill and are slower. Paired into 256 bits those are six, too few to hide the latency of a
// multiply-add; six rows by two panels are twelve again.
const maximumRows = 6;
const vectors = [0, 1];
const range = (count) => Array.from({ length: count }, (_, index) => index);

const tile = (rows, panels) => {
  const each = (line) =>
    range(rows)
      .flatMap((r) => range(panels).flatMap((panel) => vectors.map((v) => line(r, panel, v))))
      .join("\n");
  const right = range(panels).flatMap((panel) =>
    vectors.map((v) => `    const b${panel}${v} = v128.load(b${panel === 0 ? "" : ` + step`}, ${v * 16});`),
  );
  const row = (r) =>
    [
      `    x = v128.load_splat<f32>(a, ${r * 4});`,
      ...range(panels).flatMap((panel) =>
        vectors.map((v) => `    c${r}${panel}${v} = madd(x, b${panel}${v}, c${r}${panel}${v});`),
      ),
    ].join("\n");
  const offset = (panel, v) => panel * 32 + v * 16;
  return `
@inline
function tile${rows}x${panels}(a: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
${panels > 1 ? "  const step = <usize>depth << 5;\n" : ""}${each((r, panel, v) => `  let c${r}${panel}${v} = splat(0);`)}
  for (let p = 0; p < depth; p++) {
${right.join("\n")}
    let x: v128;
${range(rows).map(row).join("\n")}
    a += ${rows * 4};
    b += 32;
  }
  if (add) {
${each((r, panel, v) => `    c${r}${panel}${v} = f32x4.add(v128.load(c + ${r} * cStep, ${offset(panel, v)}), c${r}${panel}${v});`)}
  }
${each((r, panel, v) => `  v128.store(c + ${r} * cStep, c${r}${panel}${v}, ${offset(panel, v)});`)}
}`;
};

const counts = range(maximumRows).map((index) => index + 1);

const dispatch = (name, panels, comment) => `
/** ${comment} */
export function ${name}(rows: i32, a: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
${counts
  .toReversed()
  .map((rows, index) => `  ${index === 0 ? "" : "else "}if (rows == ${rows}) tile${rows}x${panels}(a, b, c, cStep, depth, add);`)
  .join("\n")}
}
`;

// One row by four panels: as many sums as the machine needs to keep busy, where one panel would wait for its own two.
const rowOfFour = () => {
  const each = (line) =>
    range(4)
      .flatMap((panel) => vectors.map((v) => line(panel, v)))
      .join("\n");
  return `
/** One row of \`c (+)= a b\` for four packed panels of b, one after the other; the same chains as the tiles. */
export function rowOfFour(a: usize, b: usize, c: usize, depth: i32, add: bool): void {
  const step = <usize>depth << 5;
${each((panel, v) => `  let c${panel}${v} = splat(0);`)}
  for (let p = 0; p < depth; p++) {
    const x = v128.load_splat<f32>(a);
${each((panel, v) => `    c${panel}${v} = madd(x, v128.load(b + ${panel} * step, ${v * 16}), c${panel}${v});`)}
    a += 4;
    b += 32;
  }
  if (add) {
${each((panel, v) => `    c${panel}${v} = f32x4.add(v128.load(c, ${panel * 32 + v * 16}), c${panel}${v});`)}
  }
${each((panel, v) => `  v128.store(c, c${panel}${v}, ${panel * 32 + v * 16});`)}
}`;
};

/** The AssemblyScript source of all tiles. */
export const microKernels = () => `// Written by scripts/micro-kernels.mjs.
import { madd, splat } from "./madd";
${[1, 2].flatMap((panels) => counts.map((rows) => tile(rows, panels))).join("\n")}
${rowOfFour()}
${dispatch("tileOfOne", 1, "`c (+)= a b` for packed panels: a of `rows` (1..6) lanes, one of b, of 8.")}
${dispatch("tileOfTwo", 2, "The same for two panels of b, one after the other.")}`;
