// Writes the inner kernels of the matrix product: a tile of 1 to 8 rows by 16 columns, held in registers.
const tile = (rows) => {
  const names = [];
  for (let r = 0; r < rows; r++) for (let j = 0; j < 4; j++) names.push(`c${r}${j}`);
  const each = (line) => names.map((name) => `  ${line(name, Number(name[1]), Number(name[2]))}`).join("\n");
  return `
// @ts-ignore: decorator
@inline
function tile${rows}(a: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
${each((name) => `let ${name} = splat(0);`)}
  for (let p = 0; p < depth; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    let x: v128;
${Array.from(
  { length: rows },
  (_, r) => `    x = v128.load_splat<f32>(a, ${r * 4});
${[0, 1, 2, 3].map((j) => `    c${r}${j} = madd(x, b${j}, c${r}${j});`).join("\n")}`,
).join("\n")}
    a += ${rows * 4};
    b += 64;
  }
  if (add) {
${Array.from(
  { length: rows },
  (_, r) => `${r === 0 ? "    let to = c;" : "    to += cStep;"}
${[0, 1, 2, 3].map((j) => `    v128.store(to, f32x4.add(v128.load(to, ${j * 16}), c${r}${j}), ${j * 16});`).join("\n")}`,
).join("\n")}
  } else {
${Array.from(
  { length: rows },
  (_, r) => `${r === 0 ? "    let to = c;" : "    to += cStep;"}
${[0, 1, 2, 3].map((j) => `    v128.store(to, c${r}${j}, ${j * 16});`).join("\n")}`,
).join("\n")}
  }
}`;
};

/** The AssemblyScript source of all tiles. */
export const microKernels = () => `// Written by scripts/micro-kernels.mjs.
import { madd, splat } from "./madd";
${Array.from({ length: 8 }, (_, index) => tile(index + 1)).join("\n")}

/** \`c (+)= a b\` for packed panels: a of \`rows\` (1..8) lanes, b of 16. */
export function microKernel(rows: i32, a: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  if (rows == 8) tile8(a, b, c, cStep, depth, add);
${[7, 6, 5, 4, 3, 2, 1].map((rows) => `  else if (rows == ${rows}) tile${rows}(a, b, c, cStep, depth, add);`).join("\n")}
}
`;
