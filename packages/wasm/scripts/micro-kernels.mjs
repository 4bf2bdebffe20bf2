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

/** The AssemblyScript source of all tiles. */
export const microKernels = () => `// Written by scripts/micro-kernels.mjs.
import { madd, splat } from "./madd";
${counts.map(tile).join("\n")}

/** \`c (+)= a b\` for packed panels: a of \`rows\` (1..6) lanes, b of 8. */
export function microKernel(rows: i32, a: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
${counts
  .toReversed()
  .map((rows, index) => `  ${index === 0 ? "" : "else "}if (rows == ${rows}) tile${rows}(a, b, c, cStep, depth, add);`)
  .join("\n")}
}
`;
