import { createGenerator, keep, normal, scope, tensor, collectTensors, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { it } from "vitest";
import { compileStep, type CompiledStep } from "./index.js";

const cpu = (): number => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const w1: number[][] = [[65, 64], [512, 64], [512, 128], [512], [512], [65, 128], [65]];
const w2: number[][] = [[2048, 128], [2048, 512], [2048], [2048], [2048, 512], [2048, 512], [2048], [2048], [65, 512], [65]];
const w5: number[][] = [[65, 16], [128, 16], [128, 32], [128], [128], [65, 32], [65]];
const programs = new Map<number, CompiledStep>();
function program(width: number): CompiledStep {
  let made = programs.get(width);
  if (!made) {
    made = compileStep(({ weights, rows, state }) => {
      const g = rows.g!, { rate, epsilon } = weights as Record<string, Tensor>;
      const m = state.m!.mul(0.9).add(g.mul(1 - 0.9));
      const v = state.v!.mul(0.999).add(g.square().mul(1 - 0.999));
      const p = state.p!.sub(m.div(v.sqrt().add(epsilon!)).mul(rate!));
      return { output: p, state: { p, m, v } };
    }, { name: "adam", weights: { rate: [1], epsilon: [1] }, rows: { g: width }, steps: { x: 1 }, state: { p: width, m: width, v: width } });
    programs.set(width, made);
  }
  return made;
}
it("adam", async () => {
  await useWasm();
  const generator = createGenerator(1);
  for (const [name, shapes, n] of [["w5", w5, 300], ["w1", w1, 200], ["w2", w2, 12]] as const) {
    const total = shapes.map((s) => s.reduce((a, b) => a * b, 1)).reduce((a, b) => a + b, 0);
    for (const W of [0, 64, 256, 1024]) {
    const params = (W === 0 ? shapes : [[Math.ceil(total / W), W]]).map((s) => { const w = s.at(-1)!; const shape = [s.length === 1 ? 1 : s[0]!, w]; return { w, p: keep(normal(shape, { generator })), g: keep(normal(shape, { generator })), m: keep(normal(shape, { generator }).mul(0)), v: keep(normal(shape, { generator }).mul(0)) }; });
    const one = (): void => {
      scope(() => {
        const weights = { rate: tensor([1e-3]), epsilon: tensor([1e-8]) };
        for (const q of params) {
          const r = scope(() => program(q.w).run({ weights, rows: { g: q.g }, steps: { x: tensor([[[0]]]).broadcastTo([q.p.shape[0]!, 1, 1]) }, state: { p: q.p, m: q.m, v: q.v } }).state);
          keep(r);
          const held = new Set(collectTensors(r).map((t) => t.toDense().storage));
          for (const t of [q.p, q.m, q.v]) if (!held.has(t.toDense().storage)) t.dispose();
          q.p = r.p!; q.m = r.m!; q.v = r.v!;
        }
      });
    };
    const begun = performance.now();
    one();
    const first = performance.now() - begun;
    for (let i = 0; i < 20; i++) one();
    const c = cpu(); const t: number[] = [];
    for (let i = 0; i < n; i++) { const s = performance.now(); one(); t.push(performance.now() - s); }
    t.sort((a, b) => a - b);
    console.log(name, W, "compiled per parameter cpu ms", ((cpu() - c) / n).toFixed(3), "wall median", t[t.length >> 1]!.toFixed(3), "first", first.toFixed(1)); }
  }
});
