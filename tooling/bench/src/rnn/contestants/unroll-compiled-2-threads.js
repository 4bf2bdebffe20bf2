import { unrollContestant } from "./unroll.js";

export const contestant = unrollContestant({ name: "compiled, 2 threads", engine: "compiled", backend: { threads: 2 } });
