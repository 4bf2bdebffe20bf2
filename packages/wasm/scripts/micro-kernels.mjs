// Writes the inner kernels of the matrix product: a tile of 1 to 6 rows by 8 columns. Twelve sums, two vectors of the right
// operand and one of the left are all that fits the sixteen registers of x86-64; larger tiles spill and are slower.
const maximumRows = 6;
const vectors = [0, 1];

const tile = (rows) => {
  const each = (line) => Array.from({ length: rows }, (_, r) => vectors.map((j) => line(r, j)).join("\n")).join("\n");
  return `
@inline
function tile${rows}(a: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
${each((r, j) => `  let c${r}${j} = splat(0);`)}
  for (let p = 0; p < depth; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x: v128;
${Array.from({ length: rows }, (_, r) => [`    x = v128.load_splat<f32>(a, ${r * 4});`, ...vectors.map((j) => `    c${r}${j} = madd(x, b${j}, c${r}${j});`)].join("\n")).join("\n")}
    a += ${rows * 4};
    b += 32;
  }
  if (add) {
${each((r, j) => `    c${r}${j} = f32x4.add(v128.load(c + ${r} * cStep, ${j * 16}), c${r}${j});`)}
  }
${each((r, j) => `  v128.store(c + ${r} * cStep, c${r}${j}, ${j * 16});`)}
}`;
};

const counts = Array.from({ length: maximumRows }, (_, index) => index + 1);

// One row by four panels: as many sums as the machine needs to keep busy, where one panel would wait for its own two.
const wideRow = () => {
  const each = (line) => Array.from({ length: 4 }, (_, panel) => vectors.map((j) => line(panel, j)).join("\n")).join("\n");
  return `
/** One row of \`c (+)= a b\` for four packed panels of b, one after the other; the same chains as the tiles. */
export function rowOfFour(a: usize, b: usize, c: usize, depth: i32, add: bool): void {
  const step = <usize>depth << 5;
${each((panel, j) => `  let c${panel}${j} = splat(0);`)}
  for (let p = 0; p < depth; p++) {
    const x = v128.load_splat<f32>(a);
${each((panel, j) => `    c${panel}${j} = madd(x, v128.load(b + ${panel} * step, ${j * 16}), c${panel}${j});`)}
    a += 4;
    b += 32;
  }
  if (add) {
${each((panel, j) => `    c${panel}${j} = f32x4.add(v128.load(c, ${panel * 32 + j * 16}), c${panel}${j});`)}
  }
${each((panel, j) => `  v128.store(c, c${panel}${j}, ${panel * 32 + j * 16});`)}
}`;
};

/** The AssemblyScript source of all tiles. */
export const microKernels = () => `// Written by scripts/micro-kernels.mjs.
import { madd, splat } from "./madd";
${counts.map(tile).join("\n")}
${wideRow()}

/** \`c (+)= a b\` for packed panels: a of \`rows\` (1..6) lanes, b of 8. */
export function microKernel(rows: i32, a: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
${counts
  .toReversed()
  .map((rows, index) => `  ${index === 0 ? "" : "else "}if (rows == ${rows}) tile${rows}(a, b, c, cStep, depth, add);`)
  .join("\n")}
}
`;
