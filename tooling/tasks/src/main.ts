import { solveEmbeddedReber } from "./embedded-reber.js";

console.log("| task | seed | sequences | minutes |\n| --- | --- | --- | --- |");
for (let seed = 1; seed <= 10; seed++) {
  const start = performance.now();
  const sequences = solveEmbeddedReber(seed, 30_000) ?? "not solved";
  console.log(`| embedded Reber | ${seed} | ${sequences} | ${((performance.now() - start) / 60_000).toFixed(2)} |`);
}
